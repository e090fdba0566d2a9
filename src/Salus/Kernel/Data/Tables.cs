using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Salus.Kernel.Data;

internal sealed class CounterTable : IEntityTypeConfiguration<Counter>
{
    public void Configure(EntityTypeBuilder<Counter> table)
    {
        table.ToTable("kernel_counters");
        table.HasKey(c => new { c.OrganisationId, c.Scope });
        table.Property(c => c.Scope).HasMaxLength(100);
    }
}

internal sealed class StoredAnswerTable : IEntityTypeConfiguration<StoredAnswer>
{
    public void Configure(EntityTypeBuilder<StoredAnswer> table)
    {
        table.ToTable("kernel_stored_answers");
        table.HasKey(a => new { a.ActorId, a.Key });
        table.Property(a => a.Key).HasMaxLength(100);
        table.Property(a => a.Action).HasMaxLength(60);
        table.Property(a => a.RequestHash).HasMaxLength(64);
        // What an act answered may hold what the medical record says.
        table.Property(a => a.Answer).Sealed();
        table.HasIndex(a => a.At);
    }
}
