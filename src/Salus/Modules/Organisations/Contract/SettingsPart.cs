namespace Salus.Modules.Organisations.Contract;

/// <summary>A part that another module adds below an organisation's settings. The module registers it as a singleton.</summary>
/// <param name="Component">A component without parameters.</param>
/// <param name="Permission">Who sees it.</param>
public sealed record SettingsPart(Type Component, string Permission);
