using System.Collections.Generic;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Multipass.HyperV.Server.Http;

/// <summary>What is remembered with a TCP connection.</summary>
internal static class ConnectionItems
{
    /// <summary>The items of the request's connection; null where the server keeps none.</summary>
    public static IDictionary<object, object?>? ItemsOf(HttpContext context) => context.Features.Get<IConnectionItemsFeature>()?.Items;
}
