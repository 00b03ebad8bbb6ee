namespace Multipass.HyperV.Failures;

/// <summary>The kind of a failure; the names are those of PowerShell's ErrorCategory, which the engine does not know.</summary>
internal enum FailureCategory
{
    AuthenticationError,
    ConnectionError,
    InvalidArgument,
    InvalidData,
    InvalidOperation,
    InvalidResult,
    NotImplemented,
    NotInstalled,
    ObjectNotFound,
    OperationStopped,
    OperationTimeout,
    PermissionDenied,
    ReadError,
    ResourceBusy,
    ResourceUnavailable,
    DeviceError,
    WriteError,
}
