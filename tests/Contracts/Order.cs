using Multipass.HyperV.Testing;
using Xunit;

[assembly: TestCaseOrderer(typeof(ShuffledOrder))]
[assembly: TestCollectionOrderer(typeof(ShuffledOrder))]
