namespace Playground;

internal static class ExitCodes
{
    internal const int Success = 0;
    internal const int Failure = 1;
    internal const int WrongUsage = 2;

    /// <summary>What shells report for a program that Ctrl+C ended.</summary>
    internal const int Interrupted = 130;
}
