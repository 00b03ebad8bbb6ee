using System;
using System.Linq;
using Microsoft.Management.Infrastructure.Generic;
using Microsoft.Management.Infrastructure.Options;
using Multipass.HyperV.MmiStandIn;

namespace Microsoft.Management.Infrastructure.Generic
{
    public class CimAsyncResult<T> : IObservable<T>
    {
        private readonly Func<IObserver<T>, IDisposable> _subscribe;

        internal CimAsyncResult(Func<IObserver<T>, IDisposable> subscribe) => _subscribe = subscribe;

        public IDisposable Subscribe(IObserver<T> observer) => _subscribe(observer);
    }

    public class CimAsyncMultipleResults<T> : IObservable<T>
    {
        private readonly Func<IObserver<T>, IDisposable> _subscribe;

        internal CimAsyncMultipleResults(Func<IObserver<T>, IDisposable> subscribe) => _subscribe = subscribe;

        public IDisposable Subscribe(IObserver<T> observer) => _subscribe(observer);
    }
}

namespace Microsoft.Management.Infrastructure
{
    public class CimSession : IDisposable
    {
        private readonly SimulatedComputer? _computer;
        private volatile bool _isDisposed;

        private CimSession(string? computerName, SimulatedComputer? computer, bool isLocal)
        {
            ComputerName = computerName;
            _computer = computer;
            IsLocal = isLocal;
        }

        public string? ComputerName { get; }

        public Guid InstanceId { get; } = Guid.NewGuid();

        internal bool IsLocal { get; }

        /// <summary>The connection beneath is gone for good; only a new session gets through.</summary>
        internal bool IsBroken { get; set; }

        internal bool IsClosed => _isDisposed;

        public static CimSession Create(string? computerName, CimSessionOptions? sessionOptions)
        {
            // Making a session asks nobody: whether there is such a computer shows at the first call.
            Operation.ForbidInCallback("CimSession.Create");
            ObjectDisposedException.ThrowIf(sessionOptions?.IsDisposed == true, sessionOptions!);
            var isLocal = sessionOptions is DComSessionOptions;
            if ((isLocal || computerName == SimulatedNetwork.Unloadable) && SimulatedNetwork.CannotLoad is { } reason)
            {
                throw reason();
            }

            var computer = SimulatedNetwork.Find(computerName, isLocal);
            var session = new CimSession(computerName, computer, isLocal);
            computer?.Opened(session, sessionOptions);
            return session;
        }

        public void Dispose()
        {
            Operation.ForbidInCallback("CimSession.Dispose");
            _isDisposed = true;
            _computer?.Closed(this);
            GC.SuppressFinalize(this);
        }

        public CimAsyncMultipleResults<CimInstance> QueryInstancesAsync(string namespaceName, string queryDialect, string queryExpression, CimOperationOptions options)
        {
            Check(options, queryDialect == "WQL" ? null : $"the dialect '{queryDialect}'");
            return new CimAsyncMultipleResults<CimInstance>(observer => new Operation(this, _computer, options).Start(
                observer,
                async (computer, token) =>
                {
                    var query = WqlParser.Parse(namespaceName, queryExpression);
                    var rows = await computer.Host.QueryAsync(query, token).ConfigureAwait(false);
                    return rows.Select(row => computer.Instance(row, query.Namespace, IsLocal)).ToArray();
                }));
        }

        public CimAsyncResult<CimInstance> GetInstanceAsync(string namespaceName, CimInstance instanceId, CimOperationOptions options)
        {
            Check(options, null);
            return new CimAsyncResult<CimInstance>(observer => new Operation(this, _computer, options, instanceId).Start(
                observer,
                async (computer, token) => new[]
                {
                    computer.Instance(await computer.Host.GetAsync(computer.Path(instanceId, namespaceName), token).ConfigureAwait(false), namespaceName, IsLocal),
                }));
        }

        public CimAsyncMultipleResults<CimMethodResultBase> InvokeMethodAsync(
            string namespaceName, CimInstance instance, string methodName, CimMethodParametersCollection methodParameters, CimOperationOptions options)
            => Invoke(namespaceName, instance, methodName, methodParameters, options, instance);

        public CimAsyncMultipleResults<CimMethodResultBase> InvokeMethodAsync(
            string namespaceName, string className, string methodName, CimMethodParametersCollection methodParameters, CimOperationOptions options)
            => Invoke(namespaceName, new CimInstance(className, namespaceName), methodName, methodParameters, options);

        private CimAsyncMultipleResults<CimMethodResultBase> Invoke(
            string namespaceName, CimInstance instance, string methodName, CimMethodParametersCollection methodParameters, CimOperationOptions options, params CimInstance[] given)
        {
            Check(options, null);
            return new CimAsyncMultipleResults<CimMethodResultBase>(observer => new Operation(this, _computer, options, given.Append<object?>(methodParameters).ToArray()).Start<CimMethodResultBase>(
                observer,
                async (computer, token) => new CimMethodResultBase[]
                {
                    SimulatedComputer.Result(
                        await computer.Host.InvokeAsync(computer.Path(instance, namespaceName), methodName, computer.Parameters(methodParameters, namespaceName), token).ConfigureAwait(false),
                        namespaceName,
                        IsLocal),
                }));
        }

        private void Check(CimOperationOptions options, string? wrong)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            Operation.ForbidInCallback("an operation");
            if (wrong is not null)
            {
                _computer?.Blame(wrong);
            }

            if (options.Timeout <= TimeSpan.Zero)
            {
                _computer?.Blame("an operation without a timeout");
            }
        }
    }
}
