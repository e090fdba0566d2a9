namespace Salus.Modules.Clinic.Fhir.Model;

/// <summary>Those who wrote, as references: people by their account, programs and screens by their id.</summary>
internal sealed class Names(IReadOnlyDictionary<Guid, string> people)
{
    public Ref? Of(Guid? id) => id is not { } one ? null : people.TryGetValue(one, out var name) ? Ref.To("Practitioner", one, Elements.Some(name)) : new(null, null, "Device", new(null, null, null, one.ToString()));
}
