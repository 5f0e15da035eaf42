using HtiTune.Hosting;

namespace HtiTune.Server.Tests;

/// <summary>A dialect that does all as another does, for those that differ from it in one thing.</summary>
internal abstract class DialectAround(StoreDialect inner) : StoreDialect
{
    protected override string ForUpdate => "";

    public override Task MigrateAsync(CancellationToken cancellation) => inner.MigrateAsync(cancellation);

    public override Task<T> WriteAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellation) => inner.WriteAsync(work, cancellation);

    public override Task<T> ReadAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellation) => inner.ReadAsync(work, cancellation);

    public override Task LockAsync(StoreSession session, string name) => inner.LockAsync(session, name);

    public override bool IsAway(Exception fault) => inner.IsAway(fault);

    public override string Parameter(int index) => inner.Parameter(index);

    public override object Value(object? value) => inner.Value(value);

    public override System.Data.Common.DbCommand Command(StoreSession session, string sql, object?[] arguments) => inner.Command(session, sql, arguments);

    protected override string InList(string parameter) => parameter;
}
