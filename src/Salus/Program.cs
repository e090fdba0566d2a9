return await Salus.Cli.Commands.Run(args);

/// <summary>Made public for the tests, which start the real program.</summary>
public partial class Program;
