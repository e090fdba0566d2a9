using Salus.Modules.Clinic.Pharmacy;
using Salus.Modules.Clinic.Pharmacy.Drugs;

namespace Salus.Tests.Pharmacy;

/// <summary>How substances, drugs and rules are compared.</summary>
public sealed class TermsTests
{
    [Theory]
    [InlineData("Penicillin", "Penicillins")] [InlineData("penicilina", "Penicillin")] [InlineData("Pénicilline", "penicillin")] [InlineData("Penicillin G", "Penicillins")] [InlineData("amoxycillin", "Amoxicillin trihydrate")]
    [InlineData("Cephalexin", "cefalexin")] [InlineData("ASPIRINA", "aspirin")] [InlineData("Amoxicillin (Augmentin)", "amoxicillin trihydrate")] [InlineData("ibuprofen", "Ibuprofen 400 mg tablets")] [InlineData("ACE inhibitors", "ACE inhibitor")]
    [InlineData("folic acid", "Folic acid")] [InlineData("acid", "Acid")]
    public void the_same_substance_in_other_words_is_seen(string one, string other)
    {
        Assert.True(Terms.Meet(one, other));
        Assert.True(Terms.Meet(other, one));
    }

    [Theory]
    [InlineData("Penicillin", "Cefalexin")] [InlineData("folic acid", "acetylsalicylic acid")] [InlineData("sodium chloride", "diclofenac sodium")] [InlineData("proton pump inhibitors", "ACE inhibitors")] [InlineData("prednisone", "prednisolone")]
    [InlineData("quinine", "quinidine")] [InlineData("500 mg tablet", "Paracetamol 500 mg tablet")] [InlineData("", "Penicillin")] [InlineData("---", "Penicillin")]
    public void another_substance_is_not(string one, string other)
    {
        Assert.False(Terms.Meet(one, other));
        Assert.False(Terms.Meet(other, one));
    }

    private static MedicineTerms Of(string name, string ingredients = "", string @class = "", string atc = "") => MedicineTerms.Of(new Drug { Name = name, Ingredients = ingredients, Class = @class, Atc = atc });

    [Fact]
    public void a_rule_joins_two_medicines_whichever_way_round()
    {
        var rule = new InteractionRule();
        rule.Name(RuleSide.Class, "NSAIDs", RuleSide.Ingredient, "Warfarin");
        var (ibuprofen, warfarin) = (Of("Ibuprofen 400", "ibuprofen", "NSAID"), Of("Coumadin 5 mg", "warfarin sodium"));
        Assert.True(rule.Joins(ibuprofen, warfarin));
        Assert.True(rule.Joins(warfarin, ibuprofen));
        Assert.False(rule.Joins(ibuprofen, ibuprofen));
        Assert.True(rule.Joins(ibuprofen, MedicineTerms.OfWords("warfarin 5 mg at night")));
    }

    [Fact]
    public void a_class_may_be_the_beginning_of_an_atc_code()
    {
        Assert.True(Of("Ibuprofen", atc: "M01AE01").Is(RuleSide.Class, Terms.Key("M01A")));
        Assert.False(Of("Ibuprofen", atc: "M01AE01").Is(RuleSide.Class, Terms.Key("M01B")));
    }

    [Fact]
    public void two_salts_and_two_strengths_of_one_substance_are_duplicates_and_two_tablets_are_not()
    {
        Assert.NotNull(Of("Voltaren", "diclofenac sodium").Shared(Of("Cataflam", "diclofenac potassium")));
        Assert.NotNull(Of("Paracetamol 500 mg tablet").Shared(Of("Paracetamol 1 g tablet")));
        Assert.Null(Of("Paracetamol 500 mg tablet").Shared(Of("Ibuprofen 500 mg tablet")));
        Assert.Equal("ACE inhibitors", Of("Enalapril", "enalapril", "ACE inhibitors").Shared(Of("Ramipril", "ramipril", "ACE inhibitor")));
    }

    [Fact]
    public void both_ways_round_are_one_rule()
    {
        var (one, other) = (new InteractionRule(), new InteractionRule());
        one.Name(RuleSide.Ingredient, "Warfarin", RuleSide.Class, "NSAIDs");
        other.Name(RuleSide.Class, "nsaid", RuleSide.Ingredient, "warfarin");
        Assert.Equal(one.Pair, other.Pair);
    }
}
