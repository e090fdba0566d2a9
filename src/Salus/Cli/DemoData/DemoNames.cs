namespace Salus.Cli.DemoData;

/// <summary>Names of made-up people.</summary>
internal static class DemoNames
{
    public static readonly string[] Women = ["Giulia", "Chiara", "Francesca", "Sofia", "Aïcha", "Elena", "Martina", "Zoë", "Lucía", "Amélie", "Ngozi", "Fatou", "Ana María", "Jelena", "Noor", "Beatrice", "Camille", "Inés", "Olga", "Rosa"];
    public static readonly string[] Men = ["Marco", "Luca", "Matteo", "José", "Kwame", "Andrea", "Étienne", "Pablo", "Giovanni", "Omar", "Søren", "Diego", "Antonio", "Jean-Luc", "Ibrahim", "Paolo", "Miguel", "Davide", "Łukasz", "Tomás"];
    public static readonly string[] Families = ["Rossi", "Bianchi", "Esposito", "Romano", "Colombo", "Ricci", "Marino", "Greco", "Bruno", "Gallo", "Conti", "De Luca", "Mancini", "Costa", "Giordano", "Rizzo", "Lombardi", "Moretti", "Dubois", "Lefèvre", "García", "Muñoz", "Fernández", "Okafor", "Mensah", "Diallo", "Novák", "Kowalski", "Haddad", "N’Diaye", "D’Angelo", "Müller", "Ferrari Trecate", "Sánchez-Ortega"];
}
