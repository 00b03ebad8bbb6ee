using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using Multipass.HyperV.Wsman.Protocol;

namespace Multipass.HyperV.Server;

/// <summary>What stands on the command line.</summary>
internal sealed class ServerArguments
{
    public const string Usage = """
        Serves a simulated Hyper-V host over WS-Management.

          --scenario FILE               the host, as a JSON file; without it that of Connect-MpHost -Simulated
          --urls URL[;URL...]           where to listen; default http://127.0.0.1:5985
          --user NAME                   who may ask; default Administrator
          --password PASSWORD           what proves it; without it one is made and printed
                                        (or in the environment as SIMULATED_HOST_PASSWORD, where no list of processes shows it)
          --certificate FILE            for https: .pfx, or PEM with its key; without it one is made
          --certificate-password WORD   the file's password
          --verbose                     a line for each request, without credentials
          --help                        this text

        Ctrl+C ends it.
        """;

    /// <summary>Not shown in the list of processes.</summary>
    private const string PasswordVariable = "SIMULATED_HOST_PASSWORD";

    private static readonly string[] WithValue = { "--scenario", "--urls", "--user", "--password", "--certificate", "--certificate-password" };

    public string? Scenario { get; private set; }

    public IReadOnlyList<Uri> Urls { get; private set; } = Array.Empty<Uri>();

    public string UserName { get; private set; } = "Administrator";

    public string Password { get; private set; } = string.Empty;

    /// <summary>True when nobody gave a password.</summary>
    public bool IsPasswordMade { get; private set; }

    public string? Certificate { get; private set; }

    public string? CertificatePassword { get; private set; }

    public bool IsVerbose { get; private set; }

    public bool IsHelp { get; private set; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ServerException">It says what is not understood.</exception>
    public static ServerArguments Read(IReadOnlyList<string> words)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var arguments = new ServerArguments();
        for (var at = 0; at < words.Count; at++)
        {
            var equals = words[at].IndexOf('=', StringComparison.Ordinal);
            var name = equals > 0 ? words[at][..equals] : words[at];
            if (name is "--verbose" or "--help" or "-h" && equals < 0)
            {
                arguments.IsVerbose |= name == "--verbose";
                arguments.IsHelp |= name != "--verbose";
                continue;
            }

            if (!WithValue.Contains(name))
            {
                throw new ServerException($"'{words[at]}' is not understood. --help shows what is.");
            }

            var value = equals > 0 ? words[at][(equals + 1)..] : at + 1 < words.Count ? words[++at] : throw new ServerException($"{name} needs a value.");
            if (value.Length == 0 || !values.TryAdd(name, value))
            {
                throw new ServerException(value.Length == 0 ? $"{name} needs a value." : $"{name} is there twice.");
            }
        }

        string? Value(string name) => values.GetValueOrDefault(name);
        arguments.Scenario = Value("--scenario");
        arguments.UserName = Value("--user") ?? arguments.UserName;
        arguments.Certificate = Value("--certificate");
        arguments.CertificatePassword = Value("--certificate-password");
        arguments.Urls = (Value("--urls") ?? $"http://127.0.0.1:{WsmanNames.HttpPort}").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Url).ToArray();
        var given = Value("--password") ?? Environment.GetEnvironmentVariable(PasswordVariable);
        arguments.IsPasswordMade = string.IsNullOrEmpty(given);
        arguments.Password = arguments.IsPasswordMade ? RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 20) : given!;
        return arguments.UserName.Contains(':', StringComparison.Ordinal) ? throw new ServerException("A user's name has no colon.") : arguments;
    }

    private static Uri Url(string text)
    {
        // Kestrel's sign for all addresses is no URI.
        var url = Uri.TryCreate(text.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var parsed) ? parsed : null;
        return url is null || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            ? throw new ServerException($"'{text}' is not a URL to listen at, such as http://127.0.0.1:5985 or https://127.0.0.1:5986.")
            : url.PathAndQuery is not ("/" or WsmanNames.Path) ? throw new ServerException($"'{text}' has a path; requests come to {WsmanNames.Path}.")
            : url.IsDefaultPort && !text.Contains(":" + url.Port, StringComparison.Ordinal)
                ? new UriBuilder(url) { Port = url.Scheme == Uri.UriSchemeHttp ? WsmanNames.HttpPort : WsmanNames.HttpsPort }.Uri
            : url;
    }
}
