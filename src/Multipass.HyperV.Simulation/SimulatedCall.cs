using System;

namespace Multipass.HyperV.Simulation;

/// <summary>One call that a simulated host has received.</summary>
/// <param name="Time">When it came, by the host's clock.</param>
/// <param name="Operation">Query, Get or Invoke; Client for a command of Multipass's client that changes something.</param>
/// <param name="Class">The class that it named; the client's name.</param>
/// <param name="Method">The method, of an Invoke; the client's command; else null.</param>
/// <param name="ChangesState">True for a method that changes something on the host, even if it was refused.</param>
/// <param name="Result">What became of it: the number of rows, the return value, or the fault.</param>
/// <param name="Instance">The name of the instance that it was about; null when it was about several, or none.</param>
public sealed record SimulatedCall(DateTimeOffset Time, string Operation, string Class, string? Method, bool ChangesState, string Result, string? Instance);
