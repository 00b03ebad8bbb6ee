using static Multipass.HyperV.Simulation.Faults.JobTexts;

namespace Multipass.HyperV.Simulation.Faults.Texts;

/// <summary>What a Polish host says.</summary>
internal static class PolishTexts
{
    public static JobTexts Create() => new(
        "(Identyfikator maszyny wirtualnej {0})",
        "Identyfikator wystąpienia {0}",
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
            ["ParentDiskNotFound"] = Device("Syntetyczny kontroler SCSI", "nie można go włączyć: „Nie znaleziono podanego pliku.” ({code}).", "Nie znaleziono załącznika „{path}”: „Nie znaleziono podanego pliku.” ({code})."),
            ["DiskAccessDenied"] = Device("Syntetyczny kontroler SCSI", "nie można go włączyć: „Dostęp zabroniony.” ({code}).", "Konto nie ma uprawnień do otwarcia załącznika „{path}”: „Dostęp zabroniony.” ({code})."),
            ["DiskInUse"] = Device("Syntetyczny kontroler SCSI", "nie można go włączyć: „Plik jest otwarty w innym procesie.” ({code}).", "Nie można otworzyć załącznika „{path}”: „Plik jest otwarty w innym procesie.” ({code})."),
            ["SwitchNotFound"] = Device("Syntetyczny port Ethernet", "Błąd „Dostęp zabroniony.” ({code}).", "Nie można przydzielić zasobów połączenia z siecią wirtualną. Przełącznik Ethernet może nie istnieć. ({code})."),
            ["SavedStateInvalid"] = Same("Nie można przywrócić maszyny wirtualnej, ponieważ jej zapisany stan jest nieczytelny. Usuń go i spróbuj ponownie uruchomić maszynę. ({code})."),
            ["InvalidState"] = Same("Bieżący stan obiektu nie pozwala na tę operację."),
            ["PermissionDenied"] = Same("Brak uprawnień wymaganych do tego zadania. Zwróć się do administratora zasad autoryzacji tego komputera."),
            ["AccessDenied"] = Same("Brak uprawnień wymaganych do tego zadania. Zwróć się do administratora zasad autoryzacji tego komputera."),
            ["GuestNotReady"] = Device("Usługa integracji zamykania", "„Urządzenia nie można jeszcze użyć.” ({code}).", "System gościa nie przyjmuje żądania: „Urządzenia nie można jeszcze użyć.” ({code})."),
            ["WorkerCrashed"] = Same("Proces roboczy maszyny wirtualnej nieoczekiwanie zakończył działanie: „Zdalne wywołanie procedury nie powiodło się.” ({code})."),
            ["HostDiskFull"] = Same("Nie można powiększyć pliku „{path}”: na dysku jest za mało miejsca. ({code})."),
            ["DiskFormatUnsupported"] = Device("Syntetyczny kontroler SCSI", "nie można go włączyć: „Nie pozwala na to ograniczenie systemu dysków wirtualnych.” ({code}).", "Załącznik „{path}” nie może być skompresowany, zaszyfrowany ani rozrzedzony. ({code})."),
            ["DiskCorrupt"] = Device("Syntetyczny kontroler SCSI", "nie można go włączyć: „Dyski wirtualne w łańcuchu nie pasują do siebie.” ({code}).", "Załącznik „{path}”: identyfikatory dysku nadrzędnego i podrzędnego są różne. ({code})."),
            ["ConfigInaccessible"] = Same("Magazyn z konfiguracją maszyny wirtualnej jest nieosiągalny."),
            ["HypervisorResources"] = Same("W puli funkcji hypervisor brakuje pamięci na tę operację. ({code})."),
            ["ProcessorLimit"] = Same("Nie można dodać kolejnego procesora wirtualnego do partycji: osiągnięto maksimum. ({code})."),
            ["NumaMismatch"] = Same("Ustawienia NUMA nie odpowiadają topologii NUMA systemu; zmień je przed uruchomieniem maszyny. ({code})."),
            ["FeatureUnavailable"] = Same("Ta funkcja hypervisora nie jest dostępna dla użytkownika. ({code})."),
            ["DeviceAssignment"] = Device("Wirtualny port PCI Express", "nie można go włączyć: „Brakuje domen urządzeń.” ({code}).", "Nie można przypisać urządzenia hosta. ({code})."),
            ["PartitionExists"] = Same("Nie można utworzyć partycji: istnieje już inna o tej samej nazwie. ({code})."),
            ["DeviceFailure"] = Device("Urządzenie syntetyczne", "nie można go włączyć: „Urządzenie systemu nie działa.” ({code}).", "Urządzenie nie odpowiada. ({code})."),
            ["FirmwareDataInvalid"] = Device("Wirtualne oprogramowanie układowe", "nie można go włączyć: „Dane są nieprawidłowe.” ({code}).", "Danych oprogramowania układowego nie można użyć. ({code})."),
            ["KeyProtector"] = Same("Nie można otworzyć ochrony klucza: znaczniki uwierzytelniania są różne. ({code})."),
            ["WorkerNotStarted"] = Same("Nie można uruchomić procesu roboczego: podpisu pliku nie da się sprawdzić. ({code})."),
            ["DiskDriverMissing"] = Same("Nie można otworzyć załącznika \"{path}\": nic tu nie obsługuje dysków wirtualnych z tego pliku. ({code})."),
            ["GuestLocked"] = Same("Gość jest zablokowany i się nie zamyka."),
            ["InstanceBusy"] = Same("Dyski maszyny wirtualnej są właśnie scalane; ta operacja musi poczekać."),
            ["ServiceDisabled"] = Same("Usługa, której potrzebuje maszyna wirtualna, jest wyłączona i się nie uruchamia. ({code})."),
            ["LogonRightMissing"] = Same("Nie można uruchomić procesu roboczego: użytkownikowi nie przyznano tego typu logowania na tym komputerze. ({code})."),
            ["SwitchPortInvalid"] = Same("Połączenie elementu „Karta sieciowa” z portem przełącznika jest nieprawidłowe."),
            ["MemoryConfigInvalid"] = Same("Wartość {memory} MB nie jest dozwolona dla pamięci maszyny wirtualnej."),
            ["HyperVComponentNotRunning"] = Same("Jedna z części funkcji Hyper-V nie działa."),
            ["RebootRequired"] = Same("Najpierw trzeba ponownie uruchomić komputer."),
            ["NotSupported"] = Same("Ta operacja nie jest obsługiwana."),
            ["HostTimedOut"] = Same("Operacja trwała zbyt długo i została porzucona."),
            ["WorkerNotResponding"] = Same("Proces roboczy maszyny wirtualnej nie odpowiada."),
            ["Unknown"] = Same("Stało się coś, czego nikt się nie spodziewał. ({code})."),
        },
        new()
        {
            [10] = ("Inicjowanie", "Inicjowanie maszyny wirtualnej"),
            [12] = ("Uruchamianie", "Inicjowanie i uruchamianie maszyny wirtualnej"),
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
            ["Microsoft Virtual Machine"] = "Microsoft Virtual Machine",
            ["Microsoft Hosting Computer System"] = "Hostujący system komputerowy firmy Microsoft",
            ["Job is running"] = "Zadanie jest wykonywane",
            ["Job is completed"] = "Zadanie zakończono",
            ["Job is completed successfully"] = "Zadanie zakończono pomyślnie",
            ["Job is completed with error"] = "Zadanie zakończono z błędem",
            ["Job is terminated"] = "Zadanie przerwano",
            ["Operating normally"] = "Działa normalnie",
            ["In service"] = "W trakcie obsługi",
            ["Predictive failure"] = "Mało miejsca na dysku",
            ["Communication failed"] = "Brak komunikacji z maszyną wirtualną",
            ["Waiting to start"] = "Oczekiwanie na uruchomienie",
            ["Merging disks"] = "Scalanie dysków",
            ["Busy"] = "Zajęty",
            ["Degraded"] = "Obniżona sprawność",
            ["OK"] = "OK",
            ["No contact"] = "Brak kontaktu",
        });
}
