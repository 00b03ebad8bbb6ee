namespace Multipass.HyperV.Simulation.Faults;

/// <summary>Names with wildcards: <c>*</c> for any characters, <c>?</c> for one; without regard to case.</summary>
internal static class NamePattern
{
    public static bool Matches(string pattern, string name)
    {
        int at = 0, inPattern = 0, star = -1, afterStar = 0;
        while (at < name.Length)
        {
            if (inPattern < pattern.Length && pattern[inPattern] == '*')
            {
                star = inPattern++;
                afterStar = at;
            }
            else if (inPattern < pattern.Length && (pattern[inPattern] == '?' || char.ToUpperInvariant(pattern[inPattern]) == char.ToUpperInvariant(name[at])))
            {
                inPattern++;
                at++;
            }
            else if (star >= 0)
            {
                // The last star takes one character more.
                inPattern = star + 1;
                at = ++afterStar;
            }
            else
            {
                return false;
            }
        }

        while (inPattern < pattern.Length && pattern[inPattern] == '*')
        {
            inPattern++;
        }

        return inPattern == pattern.Length;
    }
}
