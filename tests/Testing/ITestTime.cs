using System;
using System.Threading.Tasks;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Testing;

/// <summary>Time in which tests run work to its end, without waiting for it.</summary>
internal interface ITestTime : IClock
{
    /// <summary>Begins the work on this thread, lets time pass until it has ended, and gives its result or throws what it threw.</summary>
    T Run<T>(Func<Task<T>> work);
}
