using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Multipass;

namespace Multipass.HyperV.Instances;

/// <summary>
/// Whether a command may be sent to Multipass. It acts by name, on every virtual machine of that name, under the driver that it uses; this module goes by id and disk. Only where all of
/// that means the same single machine is a command sent; else the first thing that stands in the way is told, in half a sentence.
/// </summary>
internal static class MultipassGuard
{
    /// <summary>What stands in the way of a command that names the instance; null for nothing.</summary>
    /// <param name="found">The instance, its record and its host, as they have just been read.</param>
    /// <param name="reading">What Multipass believes, as it has just been read.</param>
    public static string? ObstacleOf(DriftCase found, MultipassReading reading)
        => ObstacleToIdentity(found, reading)
            ?? (found.Record!.IsListed ? null
                : reading.HasAskedClient ? "Multipass's client does not list it"
                : reading.ClientSilence.Length > 0 ? reading.ClientSilence
                : "Multipass's client was not asked");

    /// <summary>What stands in the way of a restart of Multipass's service for the sake of one instance; null for nothing.</summary>
    /// <remarks>
    /// When its service starts, Multipass starts what it believes to be running, makes a new machine where it finds none of an instance's name, and drops records without their disk
    /// (daemon.cpp, hyperv_virtual_machine.cpp). One empty record makes it take the whole database for empty, one that it cannot read keeps it from starting. So every record counts, not only the one that is wrong.
    /// </remarks>
    /// <param name="target">The instance, read together with all others.</param>
    /// <param name="all">All instances of the host, Multipass's or not, with the records that have no machine.</param>
    public static string? ObstacleToRestart(InstanceFacts target, IReadOnlyList<InstanceFacts> all)
    {
        if (target.RestartObstacle is { } obstacle)
        {
            return obstacle;
        }

        if (target.Record is { IsWritten: false })
        {
            return "its record in Multipass's database is no good";
        }

        foreach (var other in all.Where(other => other.Record is { IsInUse: true } && other.Id != target.Id).OrderBy(other => other.Name, StringComparer.OrdinalIgnoreCase))
        {
            if (!other.Record!.IsWritten)
            {
                return $"Multipass's database has no good record of '{other.Name}': its service may not start, or take all for gone";
            }

            // Versions before 1.17 make one for whatever Hyper-V does not have, whichever files lie beside its disk; only the marker of a migration keeps the newer ones from it for certain.
            if (other.Id == Guid.Empty && other.Drift != MpDrift.Deleted && other.Record.Marker.Kind is MarkerKind.None or MarkerKind.Unreadable)
            {
                return $"Multipass would make a new virtual machine for '{other.Name}', or drop its record: the host has none";
            }

            var believesRunning = other.Record.State is "Running" or "Delayed Shutdown";
            if (believesRunning && !other.Record.IsDeleted && other.RestartObstacle is { } unclear)
            {
                return $"Multipass would start '{other.Name}', which it believes to be running, and {unclear}";
            }

            if (believesRunning && !other.Record.IsDeleted && other.State is not (MpInstanceState.Running or MpInstanceState.Starting))
            {
                return $"Multipass would start '{other.Name}', which it believes to be running and which is {other.State}";
            }
        }

        return null;
    }

    /// <summary>What of the instance's identity stands in the way, whatever is to be sent; null for nothing.</summary>
    public static string? ObstacleToIdentity(DriftCase found, MultipassReading reading)
    {
        var record = found.Record;
        if (!found.Driver.IsKnown)
        {
            return found.Driver.Silence;
        }

        if (found.Driver.Kind != DriverKind.HyperV)
        {
            return $"Multipass does not use Hyper-V's virtual machines now (local.driver is {found.Driver.Word})";
        }

        if (found.IsBeingCloned)
        {
            return "it is a clone that Multipass is making";
        }

        if (record is null)
        {
            return "Multipass has no record of it";
        }

        if (found.IsNamedOtherwise)
        {
            return $"Multipass knows its disk by another name, '{record.Name}'";
        }

        if (!found.HasMachine)
        {
            return "the host has no such virtual machine";
        }

        if (record.IsDeleted)
        {
            return "it is deleted in Multipass";
        }

        return found.Owner switch
        {
            RecordOwner.Hcs => "Multipass runs it with its HCS backend",
            RecordOwner.Migrating => "Multipass is moving it to its HCS backend",
            RecordOwner.Blocked => "Multipass itself refuses to touch it",
            RecordOwner.HyperV => null,
            _ => "whose it is cannot be told",
        } ?? ObstacleOfHost(found, record, reading);
    }

    private static string? ObstacleOfHost(DriftCase found, MultipassRecord record, MultipassReading reading)
    {
        if (!record.Contents.IsKnown && !reading.PredatesMigration)
        {
            return "its folder in Multipass's vault could not be looked into (an elevated prompt may): its HCS backend might have it";
        }

        if (!found.Machines.KnowsNames || !found.Machines.KnowsDisks)
        {
            return "whether another virtual machine has its name or its disk was not looked up";
        }

        if (found.Namesakes.Count > 0)
        {
            return $"Multipass acts by name, and {found.Namesakes[0].Describe()} has the same";
        }

        return found.DiskMates.Count > 0 ? $"{found.DiskMates[0].Describe()} has the same disk" : null;
    }
}
