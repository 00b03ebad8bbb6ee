using static Multipass.HyperV.Simulation.Faults.JobTexts;

namespace Multipass.HyperV.Simulation.Faults.Texts;

/// <summary>What an English host says, in words of its own.</summary>
internal static class EnglishTexts
{
    public static JobTexts Create() => new(
        "(Virtual machine ID {0})",
        "Instance ID {0}",
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
            ["ParentDiskNotFound"] = Device("Synthetic SCSI controller", "it cannot be powered on: 'The specified file was not found.' ({code}).", "Attachment '{path}' was not found: 'The specified file was not found.' ({code})."),
            ["DiskAccessDenied"] = Device("Synthetic SCSI controller", "it cannot be powered on: 'Access was denied.' ({code}).", "The account has no permission to open attachment '{path}': 'Access was denied.' ({code})."),
            ["DiskInUse"] = Device("Synthetic SCSI controller", "it cannot be powered on: 'The file is open in another process and cannot be used.' ({code}).", "Attachment '{path}' cannot be opened: 'The file is open in another process and cannot be used.' ({code})."),
            ["SwitchNotFound"] = Device("Synthetic Ethernet port", "Error 'Access was denied.' ({code}).", "Resources for the connection to a virtual network cannot be allocated. Perhaps the Ethernet switch does not exist. ({code})."),
            ["SavedStateInvalid"] = Same("The virtual machine cannot be restored because its saved state data is unreadable. Delete it, and then try to start the virtual machine. ({code})."),
            ["InvalidState"] = Same("The current state of the object does not permit this operation."),
            ["PermissionDenied"] = Same("The permission that this task requires is missing. Turn to the administrator of the authorization policy of this computer."),
            ["AccessDenied"] = Same("The permission that this task requires is missing. Turn to the administrator of the authorization policy of this computer."),
            ["GuestNotReady"] = Device("Shutdown integration service", "'The device cannot be used yet.' ({code}).", "The guest does not take the request: 'The device cannot be used yet.' ({code})."),
            ["WorkerCrashed"] = Same("The worker process of the virtual machine has ended unexpectedly: 'The remote procedure call has failed.' ({code})."),
            ["HostDiskFull"] = Same("The file '{path}' cannot be made as large as it has to be: the disk has too little space. ({code})."),
            ["DiskFormatUnsupported"] = Device("Synthetic SCSI controller", "it cannot be powered on: 'A limitation of the virtual disk system stands in the way.' ({code}).", "Attachment '{path}' may be neither compressed nor encrypted nor sparse. ({code})."),
            ["DiskCorrupt"] = Device("Synthetic SCSI controller", "it cannot be powered on: 'The virtual hard disks of the chain do not fit together.' ({code}).", "Attachment '{path}': the identifiers of parent and child differ. ({code})."),
            ["ConfigInaccessible"] = Same("The storage with the configuration of the virtual machine is out of reach."),
            ["HypervisorResources"] = Same("The pool of the hypervisor is out of memory for this operation. ({code})."),
            ["ProcessorLimit"] = Same("No further virtual processor can be added to the partition: the maximum is reached. ({code})."),
            ["NumaMismatch"] = Same("The NUMA settings differ from the NUMA topology of the system; change them before you start the virtual machine. ({code})."),
            ["FeatureUnavailable"] = Same("The user cannot have this feature of the hypervisor. ({code})."),
            ["DeviceAssignment"] = Device("Virtual PCI Express port", "it cannot be powered on: 'Device domains are lacking.' ({code}).", "The device of the host cannot be assigned. ({code})."),
            ["PartitionExists"] = Same("The partition cannot be made: there is another one of the same name. ({code})."),
            ["DeviceFailure"] = Device("Synthetic device", "it cannot be powered on: 'A device of the system does not work.' ({code}).", "The device does not answer. ({code})."),
            ["FirmwareDataInvalid"] = Device("Virtual firmware", "it cannot be powered on: 'The data is not valid.' ({code}).", "The data of the firmware cannot be used. ({code})."),
            ["KeyProtector"] = Same("The key protector cannot be opened: the tags of the authentication differ. ({code})."),
            ["WorkerNotStarted"] = Same("The worker process cannot be started: the signature of a file cannot be verified. ({code})."),
            ["DiskDriverMissing"] = Same("Attachment '{path}' cannot be opened: nothing here can handle virtual disks of this file. ({code})."),
            ["GuestLocked"] = Same("The guest is locked and does not shut down."),
            ["InstanceBusy"] = Same("The disks of the virtual machine are being merged; this operation has to wait."),
            ["ServiceDisabled"] = Same("A service that the virtual machine needs cannot be started, for it is disabled. ({code})."),
            ["LogonRightMissing"] = Same("The worker process cannot be started: this type of logon is not granted to the user on this computer. ({code})."),
            ["SwitchPortInvalid"] = Same("The connection of 'Network Adapter' to its switch port is not valid."),
            ["MemoryConfigInvalid"] = Same("A value of {memory} MB is not allowed for the memory of the virtual machine."),
            ["HyperVComponentNotRunning"] = Same("One of the parts of Hyper-V is not running."),
            ["RebootRequired"] = Same("The computer has to be restarted first."),
            ["NotSupported"] = Same("This operation is not supported."),
            ["HostTimedOut"] = Same("The operation has taken too long and was given up."),
            ["WorkerNotResponding"] = Same("The worker process of the virtual machine does not answer."),
            ["Unknown"] = Same("Something went wrong that nobody expected. ({code})."),
        },
        new()
        {
            [10] = ("Initializing", "Initializing Virtual Machine"),
            [12] = ("Starting", "Initializing and Starting Virtual Machine"),
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
            ["Microsoft Virtual Machine"] = "Microsoft Virtual Machine",
            ["Microsoft Hosting Computer System"] = "Microsoft Hosting Computer System",
            ["Job is running"] = "Job is running",
            ["Job is completed"] = "Job is completed",
            ["Job is completed successfully"] = "Job is completed successfully",
            ["Job is completed with error"] = "Job is completed with error",
            ["Job is terminated"] = "Job is terminated",
            ["Operating normally"] = "Operating normally",
            ["In service"] = "In service",
            ["Predictive failure"] = "Low on disk space",
            ["Communication failed"] = "Cannot communicate with the virtual machine",
            ["Waiting to start"] = "Waiting to start",
            ["Merging disks"] = "Merging disks",
            ["Busy"] = "Busy with it",
            ["Degraded"] = "Degraded",
            ["OK"] = "OK",
            ["No contact"] = "No Contact",
        });
}
