using Xunit.Abstractions;
using Xunit.Sdk;

namespace HtiTune.Server.Tests;

/// <summary>A test of a contract that classes for several providers inherit; skipped, with the reason, in a class whose provider is missing.</summary>
[XunitTestCaseDiscoverer("HtiTune.Server.Tests.StoreFactDiscoverer", "HtiTune.Server.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class StoreFactAttribute : FactAttribute;

/// <summary>The class needs a PostgreSQL server's programs.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsPostgreSqlAttribute : Attribute;

/// <summary>Finds the tests of <see cref="StoreFactAttribute"/>.</summary>
public sealed class StoreFactDiscoverer(IMessageSink sink) : FactDiscoverer(sink)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        var needsServer = testMethod.TestClass.Class.GetCustomAttributes(typeof(NeedsPostgreSqlAttribute).AssemblyQualifiedName).Any();
        return needsServer && PostgreSqlCluster.Missing is not null
            ? new MissingServerTestCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)
            : base.CreateTestCase(discoveryOptions, testMethod, factAttribute);
    }
}

/// <summary>A test that is skipped because there is no server.</summary>
public sealed class MissingServerTestCase : XunitTestCase
{
    [Obsolete("Called by the deserializer.")]
    public MissingServerTestCase()
    {
    }

    public MissingServerTestCase(IMessageSink sink, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(sink, display, options, method)
    {
    }

    protected override string GetSkipReason(IAttributeInfo factAttribute) => PostgreSqlCluster.Missing ?? "";
}
