using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Multipass.HyperV.Simulation.Faults;

/// <summary>What fills the places of a text.</summary>
/// <param name="Name">The virtual machine's name.</param>
/// <param name="Id">Its id as Hyper-V writes it.</param>
/// <param name="MemoryMB">The memory it wants.</param>
/// <param name="Path">The file that the failure is about.</param>
/// <param name="Device">The instance id of the device that the failure is about.</param>
internal sealed record JobTextArguments(string Name, string Id, int MemoryMB, string Path, string Device);

/// <summary>The texts of jobs in the languages that a simulated host can speak. Another language than these gets English.</summary>
/// <remarks>
/// Laid out as Hyper-V lays its texts out: paragraphs with empty lines between; the summary without ids, the description with the virtual machine's id
/// after each paragraph; a code in parentheses. Real hosts have other words: nothing may hang on them.
/// </remarks>
internal sealed class JobTexts
{
    private const string ParagraphEnd = "\r\n\r\n";

    private static readonly JobTexts English = new(
        "(Virtual machine ID {0})",
        new()
        {
            ["Start"] = "'{name}' could not be started.",
            ["Shutdown"] = "'{name}' could not be shut down.",
            ["TurnOff"] = "'{name}' could not be turned off.",
            ["Save"] = "'{name}' could not be saved.",
            ["Resume"] = "'{name}' could not be resumed.",
            ["Restart"] = "'{name}' could not be reset.",
            ["Pause"] = "'{name}' could not be paused.",
        },
        new()
        {
            ["OutOfMemory"] = new[]
            {
                ("There is not enough memory in the system for the virtual machine {name}.", "There is not enough memory in the system for the virtual machine {name}, which has {memory} megabytes of RAM."),
                ("Memory could not be initialised: the memory resources needed for this operation are not available. ({code}).", "'{name}' could not initialise its memory: the memory resources needed for this operation are not available. ({code})."),
            },
            ["InsufficientSystemResources"] = Same("{memory} MB of RAM could not be reserved: the system resources for the requested service are insufficient. ({code})."),
            ["HypervisorNotRunning"] = Same("The virtual machine cannot be run because the hypervisor is not active. ({code})."),
            ["DiskNotFound"] = Device("Synthetic SCSI controller", "it cannot be powered on: 'The specified file was not found.' ({code}).", "Attachment '{path}' was not found: 'The specified file was not found.' ({code})."),
            ["DiskAccessDenied"] = Device("Synthetic SCSI controller", "it cannot be powered on: 'Access was denied.' ({code}).", "The account has no permission to open attachment '{path}': 'Access was denied.' ({code})."),
            ["DiskInUse"] = Device("Synthetic SCSI controller", "it cannot be powered on: 'The file is open in another process and cannot be used.' ({code}).", "Attachment '{path}' cannot be opened: 'The file is open in another process and cannot be used.' ({code})."),
            ["SwitchNotFound"] = Device("Synthetic Ethernet port", "Error 'Access was denied.' ({code}).", "Resources for the connection to a virtual network cannot be allocated. Perhaps the Ethernet switch does not exist. ({code})."),
            ["SavedStateInvalid"] = Same("The virtual machine cannot be restored because its saved state data is unreadable. Delete it, and then try to start the virtual machine. ({code})."),
            ["InvalidState"] = Same("The current state of the object does not permit this operation."),
            ["PermissionDenied"] = Same("The permission that this task requires is missing. Turn to the administrator of the authorization policy of this computer."),
            ["AccessDenied"] = Same("The permission that this task requires is missing. Turn to the administrator of the authorization policy of this computer."),
            ["GuestNotReady"] = Device("Shutdown integration service", "'The device cannot be used yet.' ({code}).", "The guest does not take the request: 'The device cannot be used yet.' ({code})."),
            ["WorkerCrashed"] = Same("The worker process of the virtual machine has ended unexpectedly: 'The remote procedure call has failed.' ({code})."),
        },
        new()
        {
            [10] = ("Initializing", "Initializing Virtual Machine"),
            [12] = ("Starting", "Starting Virtual Machine"),
            [13] = ("Turning Off", "Turning Off Virtual Machine"),
            [14] = ("Saving", "Saving Virtual Machine"),
            [15] = ("Restoring", "Initializing and Restoring Virtual Machine"),
            [16] = ("Shutting Down", "Shutting Down Virtual Machine"),
            [20] = ("Pausing", "Pausing Virtual Machine"),
            [21] = ("Resuming", "Resuming Virtual Machine"),
            [28] = ("Resetting", "Resetting Virtual Machine"),
        },
        new()
        {
            ["Virtual Machine"] = "Virtual Machine",
            ["Hosting Computer System"] = "Hosting Computer System",
            ["Microsoft Virtual Computer System"] = "Microsoft Virtual Computer System",
            ["Microsoft Hosting Computer System"] = "Microsoft Hosting Computer System",
            ["Job is running"] = "Job is running",
            ["Job is completed successfully"] = "Job is completed successfully",
            ["Job is completed with error"] = "Job is completed with error",
            ["Job is terminated"] = "Job is terminated",
            ["Operating normally"] = "Operating normally",
            ["In service"] = "In service",
            ["Predictive failure"] = "Low on disk space",
            ["Waiting to start"] = "Waiting to start",
            ["Communication failed"] = "Cannot communicate with the virtual machine",
            ["OK"] = "OK",
            ["No contact"] = "No Contact",
        });

    private static readonly JobTexts Polish = new(
        "(Identyfikator maszyny wirtualnej {0})",
        new()
        {
            ["Start"] = "Nie udało się uruchomić maszyny „{name}”.",
            ["Shutdown"] = "Nie udało się zamknąć maszyny „{name}”.",
            ["TurnOff"] = "Nie udało się wyłączyć maszyny „{name}”.",
            ["Save"] = "Nie udało się zapisać maszyny „{name}”.",
            ["Resume"] = "Nie udało się wznowić maszyny „{name}”.",
            ["Restart"] = "Nie udało się zresetować maszyny „{name}”.",
            ["Pause"] = "Nie udało się wstrzymać maszyny „{name}”.",
        },
        new()
        {
            ["OutOfMemory"] = new[]
            {
                ("W systemie brakuje pamięci dla maszyny wirtualnej {name}.", "W systemie brakuje pamięci dla maszyny wirtualnej {name}, która ma {memory} MB pamięci RAM."),
                ("Nie można zainicjować pamięci: zasoby pamięci potrzebne do tej operacji są niedostępne. ({code}).", "Maszyna „{name}” nie mogła zainicjować pamięci: zasoby pamięci potrzebne do tej operacji są niedostępne. ({code})."),
            },
            ["InsufficientSystemResources"] = Same("Nie można zarezerwować {memory} MB pamięci RAM: zasoby systemowe są niewystarczające. ({code})."),
            ["HypervisorNotRunning"] = Same("Maszyny wirtualnej nie można uruchomić, ponieważ funkcja hypervisor nie jest aktywna. ({code})."),
            ["DiskNotFound"] = Device("Syntetyczny kontroler SCSI", "nie można go włączyć: „Nie znaleziono podanego pliku.” ({code}).", "Nie znaleziono załącznika „{path}”: „Nie znaleziono podanego pliku.” ({code})."),
            ["DiskAccessDenied"] = Device("Syntetyczny kontroler SCSI", "nie można go włączyć: „Dostęp zabroniony.” ({code}).", "Konto nie ma uprawnień do otwarcia załącznika „{path}”: „Dostęp zabroniony.” ({code})."),
            ["DiskInUse"] = Device("Syntetyczny kontroler SCSI", "nie można go włączyć: „Plik jest otwarty w innym procesie.” ({code}).", "Nie można otworzyć załącznika „{path}”: „Plik jest otwarty w innym procesie.” ({code})."),
            ["SwitchNotFound"] = Device("Syntetyczny port Ethernet", "Błąd „Dostęp zabroniony.” ({code}).", "Nie można przydzielić zasobów połączenia z siecią wirtualną. Przełącznik Ethernet może nie istnieć. ({code})."),
            ["SavedStateInvalid"] = Same("Nie można przywrócić maszyny wirtualnej, ponieważ jej zapisany stan jest nieczytelny. Usuń go i spróbuj ponownie uruchomić maszynę. ({code})."),
            ["InvalidState"] = Same("Bieżący stan obiektu nie pozwala na tę operację."),
            ["PermissionDenied"] = Same("Brak uprawnień wymaganych do tego zadania. Zwróć się do administratora zasad autoryzacji tego komputera."),
            ["AccessDenied"] = Same("Brak uprawnień wymaganych do tego zadania. Zwróć się do administratora zasad autoryzacji tego komputera."),
            ["GuestNotReady"] = Device("Usługa integracji zamykania", "„Urządzenia nie można jeszcze użyć.” ({code}).", "System gościa nie przyjmuje żądania: „Urządzenia nie można jeszcze użyć.” ({code})."),
            ["WorkerCrashed"] = Same("Proces roboczy maszyny wirtualnej nieoczekiwanie zakończył działanie: „Zdalne wywołanie procedury nie powiodło się.” ({code})."),
        },
        new()
        {
            [10] = ("Inicjowanie", "Inicjowanie maszyny wirtualnej"),
            [12] = ("Uruchamianie", "Uruchamianie maszyny wirtualnej"),
            [13] = ("Wyłączanie", "Wyłączanie maszyny wirtualnej"),
            [14] = ("Zapisywanie", "Zapisywanie maszyny wirtualnej"),
            [15] = ("Przywracanie", "Inicjowanie i przywracanie maszyny wirtualnej"),
            [16] = ("Zamykanie", "Zamykanie maszyny wirtualnej"),
            [20] = ("Wstrzymywanie", "Wstrzymywanie maszyny wirtualnej"),
            [21] = ("Wznawianie", "Wznawianie maszyny wirtualnej"),
            [28] = ("Resetowanie", "Resetowanie maszyny wirtualnej"),
        },
        new()
        {
            ["Virtual Machine"] = "Maszyna wirtualna",
            ["Hosting Computer System"] = "Hostujący system komputerowy",
            ["Microsoft Virtual Computer System"] = "Wirtualny system komputerowy firmy Microsoft",
            ["Microsoft Hosting Computer System"] = "Hostujący system komputerowy firmy Microsoft",
            ["Job is running"] = "Zadanie jest wykonywane",
            ["Job is completed successfully"] = "Zadanie zakończono pomyślnie",
            ["Job is completed with error"] = "Zadanie zakończono z błędem",
            ["Job is terminated"] = "Zadanie przerwano",
            ["Operating normally"] = "Działa normalnie",
            ["In service"] = "W trakcie obsługi",
            ["Predictive failure"] = "Mało miejsca na dysku",
            ["Waiting to start"] = "Oczekiwanie na uruchomienie",
            ["Communication failed"] = "Brak komunikacji z maszyną wirtualną",
            ["OK"] = "OK",
            ["No contact"] = "Brak kontaktu",
        });

    private static readonly Dictionary<string, JobTexts> Cultures = new(StringComparer.OrdinalIgnoreCase) { ["en-US"] = English, ["pl-PL"] = Polish };

    private readonly string _machine;
    private readonly Dictionary<string, string> _leads;
    private readonly Dictionary<string, (string Summary, string Description)[]> _causes;
    private readonly Dictionary<ushort, (string Name, string Description)> _jobs;
    private readonly Dictionary<string, string> _words;

    private JobTexts(
        string machine,
        Dictionary<string, string> leads,
        Dictionary<string, (string Summary, string Description)[]> causes,
        Dictionary<ushort, (string Name, string Description)> jobs,
        Dictionary<string, string> words)
    {
        _machine = machine;
        _leads = leads;
        _causes = causes;
        _jobs = jobs;
        _words = words;
    }

    /// <summary>The cultures that have texts of their own.</summary>
    public static IReadOnlyCollection<string> CultureNames => Cultures.Keys;

    /// <summary>The texts of a culture; English for one that has none.</summary>
    public static JobTexts For(string culture) => Cultures.TryGetValue(culture, out var texts) ? texts : English;

    /// <summary>Whether a cause has texts.</summary>
    public bool Has(string cause) => _causes.ContainsKey(cause);

    /// <summary>Name and description of a job by its <c>JobType</c>.</summary>
    public (string Name, string Description) Job(ushort type) => _jobs[type];

    /// <summary>A word or short sentence; the key is the English one.</summary>
    public string Word(string key) => _words[key];

    /// <summary>The texts of a job that has failed.</summary>
    /// <param name="operation">What was attempted: the name of an operation, or Pause.</param>
    /// <param name="cause">The name of the kind.</param>
    /// <param name="code">The HRESULT.</param>
    /// <param name="arguments">What fills the places.</param>
    public (string Summary, string Description) Failure(string operation, string cause, uint code, JobTextArguments arguments)
    {
        string Fill(string text)
            => text
                .Replace("{code}", "0x" + code.ToString("X8", CultureInfo.InvariantCulture))
                .Replace("{memory}", arguments.MemoryMB.ToString(CultureInfo.InvariantCulture))
                .Replace("{device}", arguments.Device)
                .Replace("{path}", arguments.Path)
                .Replace("{name}", arguments.Name);

        var ofMachine = " " + string.Format(CultureInfo.InvariantCulture, _machine, arguments.Id);
        var paragraphs = new[] { (Summary: _leads[operation], Description: _leads[operation]) }.Concat(_causes[cause]).ToArray();
        return (
            string.Join(ParagraphEnd, paragraphs.Select(paragraph => Fill(paragraph.Summary))),
            string.Join(ParagraphEnd, paragraphs.Select(paragraph => Fill(paragraph.Description) + ofMachine)));
    }

    private static (string Summary, string Description)[] Same(string text) => new[] { (text, text) };

    private static (string Summary, string Description)[] Device(string device, string failure, string detail)
        => new[] { ($"{device}: {failure}", $"{device} (Instance ID {{device}}): {failure}"), (detail, detail) };
}
