namespace Salus.Modules.Files.Contract;

/// <summary>A file as programs and lists see it.</summary>
public sealed record FileView(Guid Id, string Place, string SubjectKind, Guid SubjectId, string Name, string Type, string Mime, long Bytes, string Sha256, int? Width, int? Height,
    ScanState Scan, string ScanDetail, string Store, StoreState StoreState, string StoreFault, string RemoteLink, DateTime CreatedAt, Guid? CreatedBy, DateTime? DeletedAt, string DeletedReason, DateTime? ErasedAt, bool LegalHold, Guid Version)
{
    public static FileView Of(StoredFile f) => new(f.Id, f.Place, f.SubjectKind, f.SubjectId, f.Name, f.Type, f.Kind.Mime, f.Bytes, f.Sha256, f.Width, f.Height,
        f.ScanState, f.ScanDetail, f.Store, f.StoreState, f.StoreFault, f.RemoteLink, f.CreatedAt, f.CreatedBy, f.DeletedAt, f.DeletedReason, f.ErasedAt, f.LegalHold, f.Version);

    public bool IsThere => DeletedAt is null && ErasedAt is null;

    /// <summary>It is given out: not in the trash, and nothing was found in it.</summary>
    public bool IsOpen => IsThere && Scan != ScanState.Rejected;
    public bool IsPicture => FileType.Of(Type).IsPicture;
}
