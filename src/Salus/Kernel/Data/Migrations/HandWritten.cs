using Microsoft.EntityFrameworkCore.Migrations;

namespace Salus.Kernel.Data.Migrations;

/// <summary>What a model cannot say: append-only tables and text search. Called by the migrations that need it.</summary>
public static class HandWritten
{
    /// <summary>Audit rows and seals are never changed. Rows may be erased once they are two years old, which only the retention job does; seals never.</summary>
    public static void AppendOnlySqlite(MigrationBuilder migration)
    {
        migration.Sql("""
            CREATE TRIGGER kernel_audit_events_no_update BEFORE UPDATE ON kernel_audit_events BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
            CREATE TRIGGER kernel_audit_events_no_delete BEFORE DELETE ON kernel_audit_events WHEN OLD."At" > datetime('now', '-2 years') BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
            CREATE TRIGGER kernel_audit_seals_no_update BEFORE UPDATE ON kernel_audit_seals BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
            CREATE TRIGGER kernel_audit_seals_no_delete BEFORE DELETE ON kernel_audit_seals BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
            """);
    }

    /// <summary>The same, and the number of the transaction that wrote a row: what tells a seal where no row can come in any more.</summary>
    public static void AppendOnlyPostgres(MigrationBuilder migration)
    {
        migration.Sql("""
            ALTER TABLE kernel_audit_events ADD COLUMN "Xact" bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint);
            CREATE INDEX "IX_kernel_audit_events_Xact" ON kernel_audit_events ("Xact");
            CREATE FUNCTION salus_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'kernel_audit_events' THEN
                IF OLD."At" <= now() - interval '2 years' THEN RETURN OLD; END IF;
              END IF;
              RAISE EXCEPTION 'the audit log is append-only';
            END $$;
            CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON kernel_audit_events FOR EACH ROW EXECUTE FUNCTION salus_append_only();
            CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON kernel_audit_seals FOR EACH ROW EXECUTE FUNCTION salus_append_only();
            CREATE TRIGGER no_truncate BEFORE TRUNCATE ON kernel_audit_events FOR EACH STATEMENT EXECUTE FUNCTION salus_append_only();
            CREATE TRIGGER no_truncate BEFORE TRUNCATE ON kernel_audit_seals FOR EACH STATEMENT EXECUTE FUNCTION salus_append_only();
            """);
    }

    /// <summary>Without row numbers the table is its own index: half the writing for every list that is shown.</summary>
    public static void AuditSubjectsSqlite(MigrationBuilder migration) => migration.Sql("""
        CREATE TABLE kernel_audit_subjects ("SubjectId" TEXT NOT NULL, "Seq" INTEGER NOT NULL, PRIMARY KEY ("SubjectId", "Seq")) WITHOUT ROWID;
        """);

    /// <summary>An index over fragments of three letters of a table's search text, kept by triggers.</summary>
    public static void SearchSqlite(MigrationBuilder migration, string table)
    {
        migration.Sql($"""
            CREATE VIRTUAL TABLE {table}_search USING fts5("SearchText", content='{table}', content_rowid='SearchKey', tokenize='trigram');
            CREATE TRIGGER {table}_search_insert AFTER INSERT ON {table} BEGIN INSERT INTO {table}_search(rowid, "SearchText") VALUES (new."SearchKey", new."SearchText"); END;
            CREATE TRIGGER {table}_search_delete AFTER DELETE ON {table} BEGIN INSERT INTO {table}_search({table}_search, rowid, "SearchText") VALUES ('delete', old."SearchKey", old."SearchText"); END;
            CREATE TRIGGER {table}_search_update AFTER UPDATE OF "SearchText" ON {table} BEGIN
              INSERT INTO {table}_search({table}_search, rowid, "SearchText") VALUES ('delete', old."SearchKey", old."SearchText");
              INSERT INTO {table}_search(rowid, "SearchText") VALUES (new."SearchKey", new."SearchText");
            END;
            """);
    }

    public static void SearchPostgres(MigrationBuilder migration, string table)
    {
        migration.Sql($"""
            CREATE EXTENSION IF NOT EXISTS pg_trgm;
            CREATE INDEX "IX_{table}_SearchText" ON {table} USING gin ("SearchText" gin_trgm_ops);
            """);
    }

    /// <summary>What was booked stays as it was booked: a mistake is put right by another entry.</summary>
    public static void LedgerSqlite(MigrationBuilder migration)
    {
        foreach (var table in LedgerTables)
            migration.Sql($"""
                CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
                CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
                """);
    }

    public static void LedgerPostgres(MigrationBuilder migration)
    {
        migration.Sql("CREATE FUNCTION salus_ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$;");
        foreach (var table in LedgerTables)
            migration.Sql($"""
                CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION salus_ledger_append_only();
                CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION salus_ledger_append_only();
                """);
    }

    private static readonly string[] LedgerTables = ["payments_entries", "payments_transactions", "payments_charge_lines", "payments_day_closes", "payments_day_totals"];
}
