using static Multipass.HyperV.Simulation.Faults.JobTexts;

namespace Multipass.HyperV.Simulation.Faults.Texts;

/// <summary>What a German host says.</summary>
internal static class GermanTexts
{
    public static JobTexts Create() => new(
        "(ID des virtuellen Computers: {0})",
        "Instanz-ID {0}",
        new()
        {
            ["Start"] = "„{name}“ ließ sich nicht starten.",
            ["Shutdown"] = "„{name}“ ließ sich nicht herunterfahren.",
            ["TurnOff"] = "„{name}“ ließ sich nicht ausschalten.",
            ["Save"] = "„{name}“ ließ sich nicht speichern.",
            ["Resume"] = "„{name}“ ließ sich nicht fortsetzen.",
            ["Restart"] = "„{name}“ ließ sich nicht zurücksetzen.",
            ["Pause"] = "„{name}“ ließ sich nicht anhalten.",
        },
        new()
        {
            ["OutOfMemory"] = new[]
            {
                ("Im System ist zu wenig Arbeitsspeicher für den virtuellen Computer {name}.", "Im System ist zu wenig Arbeitsspeicher für den virtuellen Computer {name}, der {memory} MB RAM hat."),
                ("Der Arbeitsspeicher ließ sich nicht einrichten: Es fehlt der Speicher für diesen Vorgang. ({code}).", "„{name}“ konnte seinen Arbeitsspeicher nicht einrichten: Es fehlt der Speicher für diesen Vorgang. ({code})."),
            },
            ["InsufficientSystemResources"] = Same("{memory} MB RAM ließen sich nicht reservieren: Die Systemressourcen reichen für den Dienst nicht aus. ({code})."),
            ["HypervisorNotRunning"] = Same("Der virtuelle Computer kann nicht laufen, weil der Hypervisor nicht aktiv ist. ({code})."),
            ["DiskNotFound"] = Device("Synthetischer SCSI-Controller", "Einschalten nicht möglich: „Die genannte Datei fehlt.“ ({code}).", "Anlage „{path}“ wurde nicht gefunden: „Die genannte Datei fehlt.“ ({code})."),
            ["ParentDiskNotFound"] = Device("Synthetischer SCSI-Controller", "Einschalten nicht möglich: „Die genannte Datei fehlt.“ ({code}).", "Anlage „{path}“ wurde nicht gefunden: „Die genannte Datei fehlt.“ ({code})."),
            ["DiskAccessDenied"] = Device("Synthetischer SCSI-Controller", "Einschalten nicht möglich: „Kein Zugriff.“ ({code}).", "Das Konto darf die Anlage „{path}“ nicht öffnen: „Kein Zugriff.“ ({code})."),
            ["DiskInUse"] = Device("Synthetischer SCSI-Controller", "Einschalten nicht möglich: „Ein anderer Prozess hat die Datei geöffnet.“ ({code}).", "Die Anlage „{path}“ ließ sich nicht öffnen: „Ein anderer Prozess hat die Datei geöffnet.“ ({code})."),
            ["SwitchNotFound"] = Device("Synthetischer Ethernet-Anschluss", "Fehler „Kein Zugriff.“ ({code}).", "Für die Verbindung mit dem virtuellen Netzwerk ließen sich keine Ressourcen zuweisen. Vielleicht gibt es den Ethernet-Switch nicht. ({code})."),
            ["SavedStateInvalid"] = Same("Der virtuelle Computer lässt sich nicht wiederherstellen, weil sein gespeicherter Zustand nicht lesbar ist. Löschen Sie ihn, und starten Sie den Computer dann. ({code})."),
            ["InvalidState"] = Same("Der jetzige Zustand des Objekts lässt diesen Vorgang nicht zu."),
            ["PermissionDenied"] = Same("Ihnen fehlt die Berechtigung für diese Aufgabe. Wenden Sie sich an den Administrator der Autorisierungsrichtlinie dieses Computers."),
            ["AccessDenied"] = Same("Ihnen fehlt die Berechtigung für diese Aufgabe. Wenden Sie sich an den Administrator der Autorisierungsrichtlinie dieses Computers."),
            ["GuestNotReady"] = Device("Integrationsdienst zum Herunterfahren", "„Das Gerät ist noch nicht bereit.“ ({code}).", "Der Gast nimmt die Anforderung nicht an: „Das Gerät ist noch nicht bereit.“ ({code})."),
            ["WorkerCrashed"] = Same("Der Arbeitsprozess des virtuellen Computers ist unerwartet zu Ende gegangen: „Der Remoteprozeduraufruf ist gescheitert.“ ({code})."),
            ["HostDiskFull"] = Same("Die Datei „{path}“ kann nicht so groß werden, wie sie sein muss: Auf dem Datenträger ist zu wenig Platz. ({code})."),
            ["DiskFormatUnsupported"] = Device("Synthetischer SCSI-Controller", "Einschalten nicht möglich: „Eine Grenze des Systems für virtuelle Datenträger steht im Weg.“ ({code}).", "Die Anlage „{path}“ darf weder komprimiert noch verschlüsselt noch spärlich belegt sein. ({code})."),
            ["DiskCorrupt"] = Device("Synthetischer SCSI-Controller", "Einschalten nicht möglich: „Die Festplatten der Kette passen nicht zusammen.“ ({code}).", "Anlage „{path}“: Die Kennungen von über- und untergeordneter Festplatte sind verschieden. ({code})."),
            ["ConfigInaccessible"] = Same("Der Speicherort mit der Konfiguration des virtuellen Computers ist nicht erreichbar."),
            ["HypervisorResources"] = Same("Im Pool des Hypervisors fehlt der Speicher für diesen Vorgang. ({code})."),
            ["ProcessorLimit"] = Same("Der Partition lässt sich kein virtueller Prozessor mehr hinzufügen: Das Höchstmaß ist erreicht. ({code})."),
            ["NumaMismatch"] = Same("Die NUMA-Einstellungen passen nicht zur NUMA-Topologie des Systems; ändern Sie sie vor dem Start. ({code})."),
            ["FeatureUnavailable"] = Same("Diese Funktion des Hypervisors steht dem Benutzer nicht zur Verfügung. ({code})."),
            ["DeviceAssignment"] = Device("Virtueller PCI-Express-Anschluss", "Einschalten nicht möglich: „Es fehlen Gerätedomänen.“ ({code}).", "Das Gerät des Hosts lässt sich nicht zuweisen. ({code})."),
            ["PartitionExists"] = Same("Die Partition kann nicht angelegt werden: Es gibt schon eine mit diesem Namen. ({code})."),
            ["DeviceFailure"] = Device("Synthetisches Gerät", "Einschalten nicht möglich: „Ein Gerät des Systems arbeitet nicht.“ ({code}).", "Das Gerät antwortet nicht. ({code})."),
            ["FirmwareDataInvalid"] = Device("Virtuelle Firmware", "Einschalten nicht möglich: „Die Daten sind nicht gültig.“ ({code}).", "Die Daten der Firmware sind nicht brauchbar. ({code})."),
            ["KeyProtector"] = Same("Die Schlüsselschutzvorrichtung lässt sich nicht öffnen: Die Kennzeichen der Authentifizierung sind verschieden. ({code})."),
            ["WorkerNotStarted"] = Same("Der Arbeitsprozess ließ sich nicht starten: Die Signatur einer Datei ist nicht überprüfbar. ({code})."),
            ["DiskDriverMissing"] = Same("Die Anlage \"{path}\" ließ sich nicht öffnen: Für virtuelle Datenträger dieser Datei ist nichts zuständig. ({code})."),
            ["GuestLocked"] = Same("Der Gast ist gesperrt und fährt nicht herunter."),
            ["InstanceBusy"] = Same("Die Datenträger des virtuellen Computers werden gerade zusammengeführt; dieser Vorgang muss warten."),
            ["ServiceDisabled"] = Same("Ein Dienst, den der virtuelle Computer braucht, ist deaktiviert und startet nicht. ({code})."),
            ["LogonRightMissing"] = Same("Der Arbeitsprozess ließ sich nicht starten: Diese Art der Anmeldung ist dem Benutzer an diesem Computer nicht gewährt. ({code})."),
            ["SwitchPortInvalid"] = Same("Die Verbindung von „Netzwerkkarte“ mit ihrem Switchport ist nicht gültig."),
            ["MemoryConfigInvalid"] = Same("Ein Wert von {memory} MB ist für den Arbeitsspeicher des virtuellen Computers nicht erlaubt."),
            ["HyperVComponentNotRunning"] = Same("Einer der Bestandteile von Hyper-V läuft nicht."),
            ["RebootRequired"] = Same("Der Computer muss zuerst neu gestartet werden."),
            ["NotSupported"] = Same("Dieser Vorgang wird nicht unterstützt."),
            ["HostTimedOut"] = Same("Der Vorgang hat zu lange gedauert und wurde aufgegeben."),
            ["WorkerNotResponding"] = Same("Der Arbeitsprozess des virtuellen Computers antwortet nicht."),
            ["Unknown"] = Same("Etwas ging schief, womit niemand gerechnet hat. ({code})."),
        },
        new()
        {
            [10] = ("Initialisieren", "Virtueller Computer wird initialisiert"),
            [12] = ("Starten", "Virtueller Computer wird initialisiert und gestartet"),
            [13] = ("Ausschalten", "Virtueller Computer wird ausgeschaltet"),
            [14] = ("Speichern", "Virtueller Computer wird gespeichert"),
            [15] = ("Wiederherstellen", "Virtueller Computer wird initialisiert und wiederhergestellt"),
            [16] = ("Herunterfahren", "Virtueller Computer wird heruntergefahren"),
            [20] = ("Anhalten", "Virtueller Computer wird angehalten"),
            [21] = ("Fortsetzen", "Virtueller Computer wird fortgesetzt"),
            [28] = ("Zurücksetzen", "Virtueller Computer wird zurückgesetzt"),
        },
        new()
        {
            ["Virtual Machine"] = "Virtueller Computer",
            ["Hosting Computer System"] = "Hostcomputersystem",
            ["Microsoft Virtual Machine"] = "Microsoft Virtual Machine",
            ["Microsoft Hosting Computer System"] = "Hostcomputersystem von Microsoft",
            ["Job is running"] = "Auftrag läuft",
            ["Job is completed"] = "Auftrag beendet",
            ["Job is completed successfully"] = "Auftrag erfolgreich beendet",
            ["Job is completed with error"] = "Auftrag mit Fehler beendet",
            ["Job is terminated"] = "Auftrag abgebrochen",
            ["Operating normally"] = "Normaler Betrieb",
            ["In service"] = "In Bearbeitung",
            ["Predictive failure"] = "Wenig Speicherplatz",
            ["Communication failed"] = "Keine Verbindung mit dem virtuellen Computer",
            ["Waiting to start"] = "Wartet auf den Start",
            ["Merging disks"] = "Datenträger werden zusammengeführt",
            ["Busy"] = "Beschäftigt",
            ["Degraded"] = "Beeinträchtigt",
            ["OK"] = "OK",
            ["No contact"] = "Kein Kontakt",
        });
}
