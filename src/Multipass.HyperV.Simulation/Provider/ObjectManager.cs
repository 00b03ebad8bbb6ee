using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Simulation.Scenarios;
using Multipass.HyperV.Simulation.World;
using Multipass.HyperV.Simulation.Wql;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>What a call is answered with, and what of it the journal tells.</summary>
/// <param name="Value">The answer; null when the call ends in a fault.</param>
/// <param name="Fault">The fault.</param>
/// <param name="Delay">How late the answer comes.</param>
/// <param name="Result">The answer in a few words.</param>
/// <param name="Instance">The instance that the call was about, when it was about one.</param>
internal sealed record Answer<T>(T? Value, CimFault? Fault, TimeSpan Delay, string Result, string? Instance)
    where T : class
{
    /// <summary>The call ends in a fault.</summary>
    public static Answer<T> Refused(CimFault fault, TimeSpan delay = default, string? instance = null)
        => new(null, fault, delay, string.Format(CultureInfo.InvariantCulture, "{0} 0x{1:X8}", fault.Status, fault.HResult), instance);

    /// <summary>The same answer with another value.</summary>
    public Answer<TOther> Select<TOther>(Func<T, TOther> select)
        where TOther : class
        => new(Value is null ? null : select(Value), Fault, Delay, Result, Instance);
}

/// <summary>An instance that a query found.</summary>
/// <param name="Class">Its class.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Record">Its properties, or those selected.</param>
/// <param name="IsPart">True when the query selected some properties by name.</param>
internal sealed record SelectedInstance(ClassDeclaration Class, CimPath Path, CimRecord Record, bool IsPart);

/// <summary>Whether a query for a class also finds instances of the classes that extend it, and with which properties (DSP0227).</summary>
internal enum Polymorphism
{
    IncludeSubclassProperties,
    ExcludeSubclassProperties,
    None,
}

/// <summary>Answers queries, reads and method calls over the classes, strictly: what does not exist is refused as WMI refuses it.</summary>
internal sealed class ObjectManager
{
    private readonly HostWorld _world;

    public ObjectManager(HostWorld world) => _world = world;

    public static CimFaultException Refuse(CimStatus status, int hresult, string message) => new(new CimFault(status, hresult, message));

    /// <summary>The name of the instance that a path leads to, or whose part it leads to; null when there is none.</summary>
    public string? InstanceAt(CimPath path)
        => ClassDeclarations.Namespace(path.Namespace)?.TryGetValue(path.ClassName, out var declaration) == true
            && declaration.Keys.All(key => path.Key(key.Name) is not null)
            && Find(declaration, path) is { } row
            ? declaration.OwnerOf(row)?.Name
            : null;

    /// <summary>Answers a query of the seam. Its records bear the name of the class that was asked, since not every transport tells another.</summary>
    public Answer<IReadOnlyList<CimRecord>> Query(CimQuery query)
        => Query(query.Namespace, PlainQuery.Of(query), Polymorphism.IncludeSubclassProperties)
            .Select<IReadOnlyList<CimRecord>>(found => found
                .Select(instance => instance.Class.Is(query.ClassName, isExact: true) ? instance.Record
                    : new CimRecord(query.ClassName, instance.Record.PropertyNames.Select(name => new KeyValuePair<string, object?>(name, instance.Record[name]))))
                .ToArray());

    /// <summary>Answers a query over a class and the classes that extend it.</summary>
    public Answer<IReadOnlyList<SelectedInstance>> Query(string cimNamespace, WqlSelect query, Polymorphism polymorphism)
        => Answering<IReadOnlyList<SelectedInstance>>(() =>
        {
            var family = Family(cimNamespace, query.ClassName).Where(declaration => polymorphism != Polymorphism.None || declaration.Is(query.ClassName, isExact: true)).ToArray();
            var known = ClassReference.Find(cimNamespace, query.ClassName);
            var properties = family.ToDictionary(declaration => declaration, declaration => Selected(declaration, query, family, polymorphism == Polymorphism.ExcludeSubclassProperties ? known : null));
            var filters = query.Where is null ? null : family.ToDictionary(declaration => declaration, declaration => WqlFilter.Of(declaration, query.Where));
            return Select(family, declaration => filters?[declaration], found => new SelectedInstance(
                found.Class, found.Class.Path(_world, found.Row), found.Class.Record(_world, found.Row, properties[found.Class]), query.Properties is not null));
        });

    /// <summary>Answers what an instance is connected with, or by which connections.</summary>
    public Answer<IReadOnlyList<SelectedInstance>> Query(WqlAssociators query)
        => Answering<IReadOnlyList<SelectedInstance>>(() =>
        {
            var source = Class(query.Source.Namespace, query.Source.ClassName);
            if (PathOf(source.Namespace, source.Name, query.Source.Keys.ToDictionary(key => key.Key, key => key.Value.ToString()!)) is not { } at
                || Find(source, at) is not { } sourceRow
                || IsHidden(source))
            {
                throw NotFound(query.Source);
            }

            RequireProvider(source);
            var owner = source.OwnerOf(sourceRow);
            var connections = ClassDeclarations.Namespace(source.Namespace)!.Values.Where(declaration => declaration.IsAssociation).ToArray();
            RequireClass(source.Namespace, query.AssociationClass);
            RequireClass(source.Namespace, query.ResultClass);
            var found = connections
                .Where(connection => query.AssociationClass is null || connection.Is(query.AssociationClass))
                .SelectMany(connection => RowsNear(connection, owner).SelectMany(row => Neighbours(query, connection, row, at)))
                .GroupBy(instance => instance.Path)
                .Select(group => group.First())
                .ToArray();
            var strike = Strike(owner is null ? Array.Empty<VirtualMachine>() : new[] { owner }, false, FaultOperation.Query);
            return Told<IReadOnlyList<SelectedInstance>>(strike, () => found, found.Length, owner?.Name);
        });

    /// <summary>The path of the one instance that some of its keys name, as WS-Management's clients write them. One that all keys are given of need not be there: whoever asks for it is told so.</summary>
    public Answer<CimPath> Resolve(string cimNamespace, string className, IReadOnlyDictionary<string, string> keys)
        => Answering(() => PathOf(cimNamespace, className, keys) is { } path
            ? new Answer<CimPath>(path, null, TimeSpan.Zero, Count(1), null)
            : throw Refuse(CimStatus.NotFound, WbemError.NotFound, $"There is no such instance of {className}."));

    public Answer<CimRecord> Get(CimPath path)
        => Answering(() =>
        {
            var declaration = Class(path.Namespace, path.ClassName);
            RequireKeys(declaration, path);
            RequireProvider(declaration);
            var row = IsHidden(declaration) ? null : Find(declaration, path);
            if (row is null)
            {
                throw NotFound(path);
            }

            var owner = declaration.OwnerOf(row);
            var strike = Strike(owner is null ? Array.Empty<VirtualMachine>() : new[] { owner }, IsPolled(declaration), FaultOperation.Get);
            return Told(strike, () => declaration.Record(_world, row, declaration.Properties), 1, owner?.Name);
        });

    /// <summary>Whether a method changes anything. What a call would have changed counts even when it is refused.</summary>
    public static bool ChangesState(CimPath path, string method)
        => ClassDeclarations.Namespace(path.Namespace)?.TryGetValue(path.ClassName, out var known) == true && known.Method(method)?.ChangesState == true;

    public Answer<CimMethodResult> Invoke(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters)
        => Answering(() =>
        {
            var declaration = Class(path.Namespace, path.ClassName);
            var called = declaration.Method(method) ?? throw Refuse(CimStatus.MethodNotFound, WbemError.InvalidMethod, $"{declaration.Name} has no method '{method}'.");
            RequireKeys(declaration, path);
            var values = Checked(declaration, called, parameters);
            RequireProvider(declaration);
            if (IsHidden(declaration))
            {
                throw Refuse(CimStatus.AccessDenied, WbemError.AccessDenied, "Access was denied.");
            }

            var row = Find(declaration, path) ?? throw NotFound(path);
            var instance = declaration.OwnerOf(row)?.Name;
            var reply = called.Invoke(_world, row, values);
            return reply.Fault is not null
                ? Answer<CimMethodResult>.Refused(reply.Fault, reply.Delay, instance)
                : new Answer<CimMethodResult>(
                    new CimMethodResult(reply.ReturnValue, new CimRecord("__PARAMETERS", reply.Out)), null, reply.Delay, CodeNames.ReturnValue.Describe(reply.ReturnValue), instance);
        });

    /// <summary>What is wrong with a call itself ends it here, as a fault that is a value from now on.</summary>
    private static Answer<T> Answering<T>(Func<Answer<T>> answer)
        where T : class
    {
        try
        {
            return answer();
        }
        catch (CimFaultException exception)
        {
            return Answer<T>.Refused(exception.Fault);
        }
    }

    private static Answer<T> Told<T>(FaultStrike strike, Func<T> value, int rows, string? instance)
        where T : class
        => strike.Fault is not null ? Answer<T>.Refused(strike.Fault, strike.Delay, instance) : new Answer<T>(value(), null, strike.Delay, Count(rows), instance);

    private static string Count(int rows) => rows == 1 ? "1 row" : rows.ToString(CultureInfo.InvariantCulture) + " rows";

    private static ClassDeclaration Class(string cimNamespace, string name)
    {
        var classes = ClassDeclarations.Namespace(cimNamespace)
            ?? throw Refuse(CimStatus.InvalidNamespace, WbemError.InvalidNamespace, $"There is no namespace '{cimNamespace}'.");
        return classes.TryGetValue(name, out var declaration)
            ? declaration
            : throw Refuse(CimStatus.InvalidClass, WbemError.InvalidClass, $"There is no class '{name}' in '{cimNamespace}'.");
    }

    /// <summary>Served classes with that name or a base class of that name.</summary>
    private static IReadOnlyList<ClassDeclaration> Family(string cimNamespace, string name)
        => ClassDeclarations.WithSubclasses(cimNamespace, name) is { Count: > 0 } family
            ? family
            : ClassReference.Find(cimNamespace, name) is not null ? Array.Empty<ClassDeclaration>() : new[] { Class(cimNamespace, name) };

    private static void RequireClass(string cimNamespace, string? name)
    {
        if (name is not null)
        {
            Family(cimNamespace, name);
        }
    }

    private CimPath? PathOf(string cimNamespace, string className, IReadOnlyDictionary<string, string> keys)
    {
        var matches = new List<CimPath>();
        CimPath? complete = null;
        foreach (var declaration in Family(cimNamespace, className))
        {
            var stranger = keys.Keys.FirstOrDefault(key => declaration.Property(key) is not { IsKey: true });
            if (stranger is not null)
            {
                throw Refuse(CimStatus.InvalidParameter, WbemError.InvalidObjectPath, $"{declaration.Name} has no key '{stranger}'.");
            }

            if (declaration.Keys.All(key => keys.Keys.Contains(key.Name, StringComparer.OrdinalIgnoreCase)))
            {
                var path = new CimPath(declaration.Namespace, declaration.Name, keys.Select(key => new KeyValuePair<string, object>(declaration.Property(key.Key)!.Name, key.Value)).ToArray());
                if (Find(declaration, path) is not null)
                {
                    return path;
                }

                complete ??= path;
                continue;
            }

            RequireProvider(declaration);
            matches.AddRange(IsHidden(declaration)
                ? Array.Empty<CimPath>()
                : declaration.Rows(_world).Select(row => declaration.Path(_world, row)).Where(path => keys.All(key => IsSameKey(path, key.Key, key.Value))));
        }

        return matches.Count > 1
            ? throw Refuse(CimStatus.InvalidParameter, WbemError.InvalidObjectPath, $"{matches.Count} instances of {className} have these keys.")
            : matches.FirstOrDefault() ?? complete;
    }

    /// <summary>The properties of a class that a query selects. What only another class of the family has, this one leaves out.</summary>
    private static PropertyDeclaration[] Selected(ClassDeclaration declaration, WqlSelect query, IReadOnlyList<ClassDeclaration> family, CimClass? narrowed)
    {
        if (query.Properties is null)
        {
            return declaration.Properties.Where(property => narrowed is null || narrowed.Property(property.Name) is not null).ToArray();
        }

        var unknown = query.Properties.FirstOrDefault(name => !SystemProperties.IsName(name) && !family.Any(member => member.Property(name) is not null));
        return unknown is not null
            ? throw Refuse(CimStatus.InvalidQuery, WbemError.InvalidQuery, $"{query.ClassName} has no property '{unknown}'.")
            : query.Properties
                .Select(name => SystemProperties.IsName(name) ? SystemProperties.Of(declaration, name) : declaration.Property(name))
                .OfType<PropertyDeclaration>()
                .GroupBy(property => property.Name)
                .Select(group => group.First())
                .ToArray();
    }

    /// <summary>The rows of a connection that can lead from what belongs to a virtual machine: those of another cannot.</summary>
    private IEnumerable<object> RowsNear(ClassDeclaration connection, VirtualMachine? owner)
        => owner is null ? connection.Rows(_world) : connection.Rows(_world).Where(row => connection.OwnerOf(row) is not { } other || other == owner);

    /// <summary>What one connection leads to from an instance, in either direction.</summary>
    private IEnumerable<SelectedInstance> Neighbours(WqlAssociators query, ClassDeclaration connection, object row, CimPath source)
    {
        var ends = connection.Keys.Where(key => key.Type == CimType.Reference).Select(key => (key.Name, Path: (CimPath)key.Read(row, _world)!)).ToArray();
        foreach (var near in ends.Where(end => end.Path.Equals(source) && (query.Role is null || IsSameName(end.Name, query.Role))))
        {
            if (query.WantsReferences)
            {
                yield return new SelectedInstance(connection, connection.Path(_world, row), connection.Record(_world, row, connection.Properties), false);
                continue;
            }

            foreach (var far in ends.Where(end => end != near && (query.ResultRole is null || IsSameName(end.Name, query.ResultRole))))
            {
                var result = Class(far.Path.Namespace, far.Path.ClassName);
                if ((query.ResultClass is null || result.Is(query.ResultClass)) && Find(result, far.Path) is { } found)
                {
                    yield return new SelectedInstance(result, far.Path, result.Record(_world, found, query.KeysOnly ? result.Keys : result.Properties), false);
                }
            }
        }
    }

    private static bool IsSameName(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);

    private static bool IsSameKey(CimPath path, string key, string value) => string.Equals(path.Key(key), value, StringComparison.OrdinalIgnoreCase);

    /// <summary>The rows of classes that a filter lets through, and what goes wrong with reading them.</summary>
    private Answer<IReadOnlyList<T>> Select<T>(IReadOnlyList<ClassDeclaration> classes, Func<ClassDeclaration, IRowFilter?> filterOf, Func<(ClassDeclaration Class, object Row), T> read)
    {
        var rows = new List<(ClassDeclaration Class, object Row)>();
        var isFiltered = false;
        var isPoll = false;
        foreach (var declaration in classes)
        {
            RequireProvider(declaration);
            var filter = filterOf(declaration);
            isFiltered |= filter is not null;
            isPoll |= filter is { IsByKey: true } && IsPolled(declaration);
            rows.AddRange((IsHidden(declaration) ? Enumerable.Empty<object>() : filter?.Rows(_world) ?? declaration.Rows(_world)).Select(row => (declaration, row)));
        }

        var owners = rows.Select(found => found.Class.OwnerOf(found.Row)).OfType<VirtualMachine>().Distinct().ToList();
        var instance = isFiltered && owners.Count == 1 ? owners[0].Name : null;
        return Told<IReadOnlyList<T>>(Strike(owners, isPoll, FaultOperation.Query), () => rows.Select(read).ToArray(), rows.Count, instance);
    }

    private static void RequireKeys(ClassDeclaration declaration, CimPath path)
    {
        var stranger = path.Keys.FirstOrDefault(key => declaration.Property(key.Key) is not { IsKey: true });
        var missing = declaration.Keys.FirstOrDefault(key => path.Key(key.Name) is null);
        if (stranger.Key is not null || missing is not null)
        {
            throw Refuse(
                CimStatus.InvalidParameter,
                WbemError.InvalidParameter,
                stranger.Key is not null ? $"{declaration.Name} has no key '{stranger.Key}'." : $"The path lacks the key '{missing!.Name}' of {declaration.Name}.");
        }
    }

    private static Dictionary<string, object?> Checked(ClassDeclaration declaration, MethodDeclaration method, IReadOnlyDictionary<string, object?> parameters)
    {
        CimFaultException Wrong(string reason)
            => Refuse(CimStatus.InvalidParameter, WbemError.InvalidParameter, $"{declaration.Name}.{method.Name}: {reason}");

        var values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var given in parameters)
        {
            var parameter = method.Parameters.FirstOrDefault(candidate => string.Equals(candidate.Name, given.Key, StringComparison.OrdinalIgnoreCase))
                ?? throw Wrong($"there is no parameter '{given.Key}'.");
            if (given.Value is not null && !CimTypes.Fits(parameter.Element, given.Value))
            {
                throw Wrong($"the parameter '{parameter.Name}' is not of type {parameter.Type}.");
            }

            values[parameter.Name] = given.Value;
        }

        foreach (var parameter in method.Parameters)
        {
            if (!values.TryGetValue(parameter.Name, out var value))
            {
                values.Add(parameter.Name, null);
            }

            if (value is null && parameter.IsRequired)
            {
                throw Wrong($"the parameter '{parameter.Name}' is missing.");
            }
        }

        return values;
    }

    /// <summary>True for what Hyper-V's provider serves, and not WMI itself.</summary>
    private static bool IsVirtualization(ClassDeclaration declaration) => declaration.Namespace == CimNames.Virtualization && declaration.Name != CimNames.SystemSecurity;

    private static bool IsPolled(ClassDeclaration declaration) => declaration.Name is CimNames.ComputerSystem or CimNames.ConcreteJob;

    private static CimFaultException NotFound(CimPath path) => Refuse(CimStatus.NotFound, WbemError.NotFound, $"There is no instance {path}.");

    private void RequireProvider(ClassDeclaration declaration)
    {
        if (IsVirtualization(declaration) && _world.ProviderFault() is { } fault)
        {
            throw new CimFaultException(fault);
        }
    }

    private bool IsHidden(ClassDeclaration declaration) => _world.Host.Access == HostAccess.None && IsVirtualization(declaration);

    private object? Find(ClassDeclaration declaration, CimPath path)
    {
        var candidates = declaration.Identity is { IsKey: true } identity
            ? declaration.Lookup(_world, path.Key(identity.Name)!, CimOperator.Equal) ?? declaration.Rows(_world)
            : declaration.Rows(_world);
        return candidates.FirstOrDefault(row => declaration.Keys.All(key => string.Equals(
            Convert.ToString(key.Read(row, _world), CultureInfo.InvariantCulture), path.Key(key.Name), StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>What goes wrong with reading rows of these virtual machines. The first fault that fails the call ends the search; delays add nothing to each other.</summary>
    private FaultStrike Strike(IReadOnlyList<VirtualMachine> machines, bool isByKey, FaultOperation operation)
    {
        var delay = TimeSpan.Zero;
        foreach (var machine in machines)
        {
            var isPoll = isByKey && machine.WasAsked;
            if (isPoll && machine.PollsFailFrom <= _world.Now)
            {
                return new FaultStrike(new CimFault(CimStatus.Failed, WbemError.RpcServerUnavailable, "The RPC server is unavailable."), TimeSpan.Zero);
            }

            if (machine.Faults.Take(isPoll ? FaultOperation.Poll : operation) is not { } fault)
            {
                continue;
            }

            var after = TimeSpan.FromMilliseconds(fault.AfterMilliseconds ?? fault.OfKind.DefaultAfterMilliseconds ?? 0);
            if (fault.OfKind.Effect == FaultEffect.AnswerLate)
            {
                delay = after > delay ? after : delay;
                continue;
            }

            // Only a connection takes its time to drop.
            return new FaultStrike(CallFaults.Of(fault.OfKind), fault.OfKind.Effect == FaultEffect.ConnectionDropped ? after : TimeSpan.Zero);
        }

        return new FaultStrike(null, delay);
    }

    /// <summary>What a fault does to a call.</summary>
    private sealed record FaultStrike(CimFault? Fault, TimeSpan Delay);
}
