namespace Salus.Modules.Files;

/// <summary>What can be allowed here. Who may read a file is decided by the guard of its place.</summary>
public static class FilePermissions
{
    /// <summary>Open files at all; which, says the guard of their place.</summary>
    public const string Open = "files.open";

    /// <summary>See the state of all files and stores, choose stores, set the logo.</summary>
    public const string Manage = "files.manage";
}
