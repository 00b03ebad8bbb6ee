using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using Microsoft.Management.Infrastructure.Generic;

namespace Microsoft.Management.Infrastructure.Generic
{
    public abstract class CimReadOnlyKeyedCollection<T> : IEnumerable<T>
    {
        private protected CimReadOnlyKeyedCollection()
        {
        }

        public abstract int Count { get; }

        /// <summary>The item of a name, without regard to case; null when there is none.</summary>
        public abstract T this[string itemName] { get; }

        public abstract IEnumerator<T> GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    public abstract class CimKeyedCollection<T> : CimReadOnlyKeyedCollection<T>
    {
        private protected CimKeyedCollection()
        {
        }

        public abstract void Add(T newItem);
    }
}

namespace Microsoft.Management.Infrastructure
{
    /// <summary>Named values; what holds them says when they may no longer be looked at.</summary>
    internal sealed class Values<T> : CimKeyedCollection<T>
        where T : class
    {
        private readonly List<T> _items = new();
        private readonly Func<T, string> _name;
        private readonly Action _check;

        public Values(Func<T, string> name, Action check)
        {
            _name = name;
            _check = check;
        }

        public override int Count
        {
            get
            {
                _check();
                return _items.Count;
            }
        }

        public override T this[string itemName]
        {
            get
            {
                _check();
                return _items.Find(item => string.Equals(_name(item), itemName, StringComparison.OrdinalIgnoreCase))!;
            }
        }

        public override void Add(T newItem)
        {
            _check();
            if (_items.Exists(item => string.Equals(_name(item), _name(newItem), StringComparison.OrdinalIgnoreCase)))
            {
                throw new ArgumentException($"'{_name(newItem)}' is there already.", nameof(newItem));
            }

            _items.Add(newItem);
        }

        public override IEnumerator<T> GetEnumerator()
        {
            foreach (var item in _items)
            {
                _check();
                yield return item;
            }
        }
    }

    public sealed class CimInstance : IDisposable
    {
        private readonly Values<CimProperty> _properties;

        public CimInstance(string className)
            : this(className, null)
        {
        }

        public CimInstance(string className, string? namespaceName)
        {
            ArgumentException.ThrowIfNullOrEmpty(className);
            _properties = new Values<CimProperty>(property => property.Name, Check);
            System = new CimSystemProperties { ClassName = className, Namespace = namespaceName };
        }

        public CimKeyedCollection<CimProperty> CimInstanceProperties
        {
            get
            {
                Check();
                return _properties;
            }
        }

        public CimSystemProperties CimSystemProperties
        {
            get
            {
                Check();
                return System;
            }
        }

        internal CimSystemProperties System { get; }

        internal bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;

        private void Check() => ObjectDisposedException.ThrowIf(IsDisposed, this);
    }

    public class CimSystemProperties
    {
        internal CimSystemProperties()
        {
        }

        public string? Namespace { get; internal set; }

        public string? ServerName { get; internal set; }

        public string ClassName { get; internal set; } = string.Empty;

        public string? Path => null;
    }

    public abstract class CimProperty
    {
        private protected CimProperty()
        {
        }

        public abstract string Name { get; }

        public abstract object? Value { get; set; }

        public abstract CimType CimType { get; }

        public abstract CimFlags Flags { get; }

        public static CimProperty Create(string name, object? value, CimType type, CimFlags flags) => new PlainProperty(name, value, type, flags);
    }

    internal sealed class PlainProperty : CimProperty
    {
        private readonly object? _value;

        public PlainProperty(string name, object? value, CimType type, CimFlags flags)
        {
            ArgumentException.ThrowIfNullOrEmpty(name);
            CimTypes.Check(name, value, type);
            Name = name;
            _value = value;
            CimType = type;
            Flags = flags | (value is null ? CimFlags.NullValue : CimFlags.None);
        }

        public override string Name { get; }

        public override object? Value
        {
            get => _value;
            set => throw new NotSupportedException("The transport changes nothing that it was given.");
        }

        public override CimType CimType { get; }

        public override CimFlags Flags { get; }
    }

    public abstract class CimMethodParameter
    {
        private protected CimMethodParameter()
        {
        }

        public abstract string Name { get; }

        public abstract object? Value { get; set; }

        public abstract CimType CimType { get; }

        public abstract CimFlags Flags { get; }

        public static CimMethodParameter Create(string name, object? value, CimType type, CimFlags flags) => new PlainParameter(CimProperty.Create(name, value, type, flags));
    }

    internal sealed class PlainParameter : CimMethodParameter
    {
        private readonly CimProperty _property;

        public PlainParameter(CimProperty property) => _property = property;

        public override string Name => _property.Name;

        public override object? Value
        {
            get => _property.Value;
            set => _property.Value = value;
        }

        public override CimType CimType => _property.CimType;

        public override CimFlags Flags => _property.Flags;
    }

    public class CimMethodParametersCollection : CimKeyedCollection<CimMethodParameter>, IDisposable
    {
        private readonly Values<CimMethodParameter> _parameters;

        public CimMethodParametersCollection() => _parameters = new Values<CimMethodParameter>(parameter => parameter.Name, Check);

        public override int Count => _parameters.Count;

        internal bool IsDisposed { get; private set; }

        public override CimMethodParameter this[string itemName] => _parameters[itemName];

        public override void Add(CimMethodParameter newItem) => _parameters.Add(newItem);

        public override IEnumerator<CimMethodParameter> GetEnumerator() => _parameters.GetEnumerator();

        public void Dispose()
        {
            IsDisposed = true;
            GC.SuppressFinalize(this);
        }

        private void Check() => ObjectDisposedException.ThrowIf(IsDisposed, this);
    }

    public abstract class CimMethodResultBase
    {
        private protected CimMethodResultBase()
        {
        }
    }

    public class CimMethodResult : CimMethodResultBase, IDisposable
    {
        private readonly Values<CimMethodParameter> _out;

        internal CimMethodResult() => _out = new Values<CimMethodParameter>(parameter => parameter.Name, Check);

        public CimMethodParameter ReturnValue => OutParameters["ReturnValue"];

        public CimReadOnlyKeyedCollection<CimMethodParameter> OutParameters
        {
            get
            {
                Check();
                return _out;
            }
        }

        internal Values<CimMethodParameter> Out => _out;

        internal bool IsDisposed { get; private set; }

        public void Dispose()
        {
            IsDisposed = true;
            GC.SuppressFinalize(this);
        }

        private void Check() => ObjectDisposedException.ThrowIf(IsDisposed, this);
    }

    public class CimException : Exception, IDisposable
    {
        internal CimException(NativeErrorCode code, string message, CimInstance? errorData)
            : base(message)
        {
            NativeErrorCode = code;
            ErrorData = errorData;
        }

        public NativeErrorCode NativeErrorCode { get; }

        public CimInstance? ErrorData { get; }

        public string? MessageId => ErrorData?.CimInstanceProperties["MessageID"]?.Value as string;

        public void Dispose()
        {
            ErrorData?.Dispose();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Which .NET type a CIM type takes: exactly that one.</summary>
    internal static class CimTypes
    {
        private static readonly Dictionary<CimType, Type[]> Taken = new()
        {
            [CimType.Boolean] = new[] { typeof(bool) },
            [CimType.UInt8] = new[] { typeof(byte) },
            [CimType.SInt8] = new[] { typeof(sbyte) },
            [CimType.UInt16] = new[] { typeof(ushort) },
            [CimType.SInt16] = new[] { typeof(short) },
            [CimType.UInt32] = new[] { typeof(uint) },
            [CimType.SInt32] = new[] { typeof(int) },
            [CimType.UInt64] = new[] { typeof(ulong) },
            [CimType.SInt64] = new[] { typeof(long) },
            [CimType.Real32] = new[] { typeof(float) },
            [CimType.Real64] = new[] { typeof(double) },
            [CimType.Char16] = new[] { typeof(char) },
            [CimType.DateTime] = new[] { typeof(DateTime), typeof(TimeSpan) },
            [CimType.String] = new[] { typeof(string) },
            [CimType.Reference] = new[] { typeof(CimInstance) },
            [CimType.Instance] = new[] { typeof(CimInstance) },
        };

        public static void Check(string name, object? value, CimType type)
        {
            if (value is null)
            {
                return;
            }

            var isArray = type >= CimType.BooleanArray;
            var element = isArray ? type - 16 : type;
            var given = isArray ? value.GetType().GetElementType() : value.GetType();
            if (given is null || !Taken.TryGetValue(element, out var taken) || !taken.Contains(given))
            {
                throw new ArgumentException($"'{name}': a value of type {value.GetType()} is not of the CIM type {type}.", nameof(value));
            }
        }

        /// <summary>The CIM type of a value.</summary>
        public static CimType Of(object value)
        {
            var isArray = value is Array;
            var type = isArray ? value.GetType().GetElementType()! : value.GetType();
            var known = Taken.First(pair => pair.Value.Contains(type) && pair.Key != CimType.Instance).Key;
            return isArray ? known + 16 : known;
        }
    }
}

namespace Microsoft.Management.Infrastructure
{
    /// <summary>Named by PowerShell's engine; nothing here has a class.</summary>
    public sealed class CimClass : IDisposable
    {
        private CimClass()
        {
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Named by PowerShell's engine.</summary>
    public static class CimConverter
    {
    }
}

namespace Microsoft.Management.Infrastructure.Serialization
{
    /// <summary>Named by PowerShell's engine; nothing is read by it here.</summary>
    public sealed class CimDeserializer : IDisposable
    {
        private CimDeserializer()
        {
        }

        public static CimDeserializer Create() => new();

        public void Dispose()
        {
        }
    }
}
