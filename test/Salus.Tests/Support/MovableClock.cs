namespace Salus.Tests.Support;

/// <summary>A clock that a test moves.</summary>
public sealed class MovableClock : TimeProvider
{
    private DateTimeOffset now = DateTimeOffset.UtcNow;

    public override DateTimeOffset GetUtcNow() => now;

    public void Move(TimeSpan by) => now += by;
}
