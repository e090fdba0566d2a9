namespace Salus.Modules.Files.Contract;

/// <summary>States of files as words for people (resource keys).</summary>
public static class FileWords
{
    public static string Of(ScanState state) => state switch
    {
        ScanState.Pending => "Waits for the virus scanner",
        ScanState.Clean => "Scanned, nothing found",
        ScanState.Rejected => "Virus found, locked away",
        _ => "Not scanned for viruses",
    };

    public static string Of(StoreState state) => state switch
    {
        StoreState.Here => "Kept on this server",
        StoreState.WaitingForRemote => "Not yet stored remotely",
        _ => "Stored remotely",
    };

    public static string OfStore(string key) => key switch
    {
        "s3" => "S3 store",
        "drive" => "Google Drive",
        _ => "This server",
    };

    public static string OfPart(string name) => name switch
    {
        "files-local" => "Folder of files",
        "files-s3" => "S3 store",
        "files-drive" => "Google Drive",
        "scanner" => "Virus scanner",
        "pictures" => "Reading of pictures",
        _ => "Database",
    };

    /// <summary>Why something does not do what it should.</summary>
    public static string OfFault(string kind) => kind switch
    {
        "away" => "does not answer",
        "slow" => "answers too slowly",
        "credentials" => "does not accept the credentials",
        "quota" => "has no room left",
        "busy" => "asks to wait",
        "missing" => "does not have the file",
        "broken" => "received it damaged",
        "folder" => "does not find the folder or bucket",
        "not-set" => "is not set up",
        "no-room" => "the disk is full or broken",
        "no-right" => "may not be written to",
        _ => "answers with an error",
    };
}
