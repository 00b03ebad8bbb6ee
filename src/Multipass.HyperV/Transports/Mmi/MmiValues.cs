using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Mi = Microsoft.Management.Infrastructure;

namespace Multipass.HyperV.Transports.Mmi;

/// <summary>Puts MI's values into the engine's terms and back. What MI hands out is copied; nothing of it is kept.</summary>
internal static class MmiValues
{
    /// <summary>A row with the properties that were asked for. MI's instance has all properties of the class, those that were not asked for as null.</summary>
    public static CimRecord Row(Mi.CimInstance instance, CimQuery query)
        => new(
            instance.CimSystemProperties.ClassName,
            query.Properties
                .Select(name => instance.CimInstanceProperties[name])
                .Where(property => property is not null)
                .Select(property => Pair(property.Name, property.Value, property.CimType, query.Namespace)));

    /// <summary>All properties of an instance.</summary>
    public static CimRecord Record(Mi.CimInstance instance, string cimNamespace)
        => new(
            instance.CimSystemProperties.ClassName,
            instance.CimInstanceProperties.Select(property => Pair(property.Name, property.Value, property.CimType, cimNamespace)));

    /// <summary>A method's return value and out-parameters.</summary>
    public static CimMethodResult Result(Mi.CimMethodResult result, string cimNamespace)
    {
        const string ReturnValue = "ReturnValue";
        var outs = result.OutParameters
            .Where(parameter => !string.Equals(parameter.Name, ReturnValue, StringComparison.OrdinalIgnoreCase))
            .Select(parameter => Pair(parameter.Name, parameter.Value, parameter.CimType, cimNamespace));
        var record = new CimRecord("__PARAMETERS", outs);
        return result.ReturnValue?.Value switch
        {
            uint value => new CimMethodResult(value, record),
            int value => new CimMethodResult(unchecked((uint)value), record),
            byte or sbyte or short or ushort => new CimMethodResult(Convert.ToUInt32(result.ReturnValue.Value, System.Globalization.CultureInfo.InvariantCulture), record),
            _ => throw new CimFaultException(new CimFault(CimStatus.Failed, WbemError.Failed, "The method gave no return value.")),
        };
    }

    /// <summary>A value of MI's in the engine's terms.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">Its CIM type: a reference and an embedded instance look the same.</param>
    /// <param name="cimNamespace">The namespace of references that name none.</param>
    public static object? FromMi(object? value, Mi.CimType type, string cimNamespace)
        => value switch
        {
            null => null,
            DateTime moment => Moment(moment),
            DateTime[] moments => Array.ConvertAll(moments, Moment),
            object[] mixed when mixed.Length > 0 && mixed.All(element => element is DateTime) => Array.ConvertAll(mixed, element => Moment((DateTime)element)),
            object[] mixed when mixed.Length > 0 && mixed.All(element => element is TimeSpan) => Array.ConvertAll(mixed, element => (TimeSpan)element),
            Mi.CimInstance instance when type == Mi.CimType.Reference => Copy(instance, copied => Path(copied, cimNamespace)),
            Mi.CimInstance instance => Copy(instance, copied => Record(copied, cimNamespace)),
            Mi.CimInstance[] instances when type == Mi.CimType.ReferenceArray => Array.ConvertAll(instances, instance => Copy(instance, copied => Path(copied, cimNamespace))),
            Mi.CimInstance[] instances => Array.ConvertAll(instances, instance => Copy(instance, copied => Record(copied, cimNamespace))),
            _ => value,
        };

    /// <summary>A value of the engine's with the CIM type that MI needs to be told.</summary>
    /// <exception cref="CimFaultException">CIM has no such type.</exception>
    public static (object Value, Mi.CimType Type) ToMi(object value)
        => value switch
        {
            DateTimeOffset moment => (moment.UtcDateTime, Mi.CimType.DateTime),
            TimeSpan => (value, Mi.CimType.DateTime),
            DateTimeOffset[] moments => (Array.ConvertAll(moments, moment => moment.UtcDateTime), Mi.CimType.DateTimeArray),
            CimPath path => (Keys(path), Mi.CimType.Reference),
            CimPath[] paths => (Array.ConvertAll(paths, Keys), Mi.CimType.ReferenceArray),
            CimRecord record => (Embedded(record), Mi.CimType.Instance),
            CimRecord[] records => (Array.ConvertAll(records, Embedded), Mi.CimType.InstanceArray),
            _ => Types.TryGetValue(value.GetType(), out var type)
                ? (value, type)
                : throw new CimFaultException(new CimFault(CimStatus.InvalidParameter, WbemError.InvalidParameter, $"CIM has no type for a value of type {value.GetType().Name}.")),
        };

    /// <summary>An instance that holds nothing but its keys: how MI is told of a path.</summary>
    public static Mi.CimInstance Keys(CimPath path)
    {
        var instance = new Mi.CimInstance(path.ClassName, path.Namespace);
        foreach (var key in path.Keys)
        {
            var (value, type) = ToMi(key.Value);
            instance.CimInstanceProperties.Add(Mi.CimProperty.Create(key.Key, value, type, Mi.CimFlags.Key));
        }

        return instance;
    }

    private static readonly Dictionary<Type, Mi.CimType> Types = new()
    {
        [typeof(string)] = Mi.CimType.String,
        [typeof(bool)] = Mi.CimType.Boolean,
        [typeof(char)] = Mi.CimType.Char16,
        [typeof(byte)] = Mi.CimType.UInt8,
        [typeof(sbyte)] = Mi.CimType.SInt8,
        [typeof(ushort)] = Mi.CimType.UInt16,
        [typeof(short)] = Mi.CimType.SInt16,
        [typeof(uint)] = Mi.CimType.UInt32,
        [typeof(int)] = Mi.CimType.SInt32,
        [typeof(ulong)] = Mi.CimType.UInt64,
        [typeof(long)] = Mi.CimType.SInt64,
        [typeof(float)] = Mi.CimType.Real32,
        [typeof(double)] = Mi.CimType.Real64,
        [typeof(string[])] = Mi.CimType.StringArray,
        [typeof(bool[])] = Mi.CimType.BooleanArray,
        [typeof(char[])] = Mi.CimType.Char16Array,
        [typeof(byte[])] = Mi.CimType.UInt8Array,
        [typeof(sbyte[])] = Mi.CimType.SInt8Array,
        [typeof(ushort[])] = Mi.CimType.UInt16Array,
        [typeof(short[])] = Mi.CimType.SInt16Array,
        [typeof(uint[])] = Mi.CimType.UInt32Array,
        [typeof(int[])] = Mi.CimType.SInt32Array,
        [typeof(ulong[])] = Mi.CimType.UInt64Array,
        [typeof(long[])] = Mi.CimType.SInt64Array,
        [typeof(float[])] = Mi.CimType.Real32Array,
        [typeof(double[])] = Mi.CimType.Real64Array,
        [typeof(TimeSpan[])] = Mi.CimType.DateTimeArray,
    };

    private static KeyValuePair<string, object?> Pair(string name, object? value, Mi.CimType type, string cimNamespace) => new(name, FromMi(value, type, cimNamespace));

    private static T Copy<T>(Mi.CimInstance instance, Func<Mi.CimInstance, T> copy)
        where T : class
    {
        using (instance)
        {
            return copy(instance);
        }
    }

    /// <summary>A reference holds its keys and nothing else; without type information they are not marked as keys.</summary>
    private static CimPath Path(Mi.CimInstance instance, string cimNamespace)
    {
        var filled = instance.CimInstanceProperties.Where(property => property.Value is not null).ToList();
        var marked = filled.Where(property => (property.Flags & Mi.CimFlags.Key) != 0).ToList();
        var system = instance.CimSystemProperties;
        return new CimPath(
            string.IsNullOrEmpty(system.Namespace) ? cimNamespace : system.Namespace.Replace('\\', '/'),
            system.ClassName,
            (marked.Count > 0 ? marked : filled).Select(property => new KeyValuePair<string, object>(property.Name, FromMi(property.Value, property.CimType, cimNamespace)!)).ToArray());
    }

    private static Mi.CimInstance Embedded(CimRecord record)
    {
        var instance = new Mi.CimInstance(record.ClassName);
        foreach (var name in record.PropertyNames)
        {
            if (record[name] is { } filled)
            {
                var (value, type) = ToMi(filled);
                instance.CimInstanceProperties.Add(Mi.CimProperty.Create(name, value, type, Mi.CimFlags.Property));
            }
        }

        return instance;
    }

    /// <summary>MI gives local time, marked as such; what is not marked is local too.</summary>
    private static DateTimeOffset Moment(DateTime moment)
        => moment.Kind == DateTimeKind.Utc ? new DateTimeOffset(moment)
            : moment < DateTime.MinValue.AddDays(1) || moment > DateTime.MaxValue.AddDays(-1) ? new DateTimeOffset(DateTime.SpecifyKind(moment, DateTimeKind.Utc))
            : new DateTimeOffset(moment).ToUniversalTime();
}
