using System;

namespace Microsoft.Management.Infrastructure
{
    public enum NativeErrorCode
    {
        Ok = 0, Failed = 1, AccessDenied = 2, InvalidNamespace = 3, InvalidParameter = 4, InvalidClass = 5, NotFound = 6, NotSupported = 7, ClassHasChildren = 8,
        ClassHasInstances = 9, InvalidSuperClass = 10, AlreadyExists = 11, NoSuchProperty = 12, TypeMismatch = 13, QueryLanguageNotSupported = 14, InvalidQuery = 15,
        MethodNotAvailable = 16, MethodNotFound = 17, NamespaceNotEmpty = 20, InvalidEnumerationContext = 21, InvalidOperationTimeout = 22, PullHasBeenAbandoned = 23,
        PullCannotBeAbandoned = 24, FilteredEnumerationNotSupported = 25, ContinuationOnErrorNotSupported = 26, ServerLimitsExceeded = 27, ServerIsShuttingDown = 28,
    }

    public enum CimType
    {
        Unknown = 0, Boolean = 1, UInt8 = 2, SInt8 = 3, UInt16 = 4, SInt16 = 5, UInt32 = 6, SInt32 = 7, UInt64 = 8, SInt64 = 9, Real32 = 10, Real64 = 11, Char16 = 12,
        DateTime = 13, String = 14, Reference = 15, Instance = 16, BooleanArray = 17, UInt8Array = 18, SInt8Array = 19, UInt16Array = 20, SInt16Array = 21, UInt32Array = 22,
        SInt32Array = 23, UInt64Array = 24, SInt64Array = 25, Real32Array = 26, Real64Array = 27, Char16Array = 28, DateTimeArray = 29, StringArray = 30, ReferenceArray = 31,
        InstanceArray = 32,
    }

    [Flags]
    public enum CimFlags : long
    {
        None = 0, Class = 1, Method = 2, Property = 4, Parameter = 8, Association = 16, Indication = 32, Reference = 64, Any = 127, EnableOverride = 128, DisableOverride = 256,
        Restricted = 512, ToSubclass = 1024, Translatable = 2048, Key = 4096, In = 8192, Out = 16384, Required = 32768, Static = 65536, Abstract = 131072, Terminal = 262144,
        Expensive = 524288, Stream = 1048576, ReadOnly = 2097152, NotModified = 33554432, NullValue = 536870912, Borrow = 1073741824, Adopt = 2147483648,
    }
}

namespace Microsoft.Management.Infrastructure.Options
{
    public enum PasswordAuthenticationMechanism
    {
        Default = 0, Digest = 1, Negotiate = 2, Basic = 3, Kerberos = 4, NtlmDomain = 5, CredSsp = 6,
    }

    public enum ImpersonatedAuthenticationMechanism
    {
        None = 0, Negotiate = 1, Kerberos = 2, NtlmDomain = 3,
    }
}
