using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.Localization;
using Salus.Kernel;
using Salus.Modules.Organisations.Contract;
using Salus.Resources;

namespace Salus.Web;

/// <summary>What every page needs: who looks, where, in which language, and the addresses of its files.</summary>
public sealed class PageTools(ActorSlot slot, OrganisationSlot organisation, Kernel.Modules modules, Settings settings, Assets assets, Icons icons, IStringLocalizer<Texts> texts, IHttpContextAccessor http, IAntiforgery antiforgery)
{
    public Actor Actor => slot.Actor;
    public Organisation? Organisation => organisation.IsSet && slot.Actor.OrganisationId is not null ? organisation.Current : null;
    public Settings Settings { get; } = settings;
    public Assets Assets { get; } = assets;
    public Icons Icons { get; } = icons;
    public HttpContext Http => http.HttpContext!;

    /// <summary>A text in the language of the request.</summary>
    public string this[string text, params object[] args] => args.Length == 0 ? texts[text] : texts[text, args];

    public string Say(Refusal refusal) => texts.Say(refusal);

    public IEnumerable<MenuItem> Menu => Organisation is null ? [] : modules.Menu.Where(m => Actor.May(m.Permission));

    /// <summary>The organisation's address with a path behind it.</summary>
    public string At(string path) => $"/{Organisation?.Slug}/{path}";

    /// <summary>In production there are no forms over plain HTTP: no cookie would carry the other half of the token.</summary>
    public string FormToken => Settings.IsProduction && !Http.Request.IsHttps ? "" : antiforgery.GetAndStoreTokens(Http).RequestToken!;

    /// <summary>A UTC instant as the clinic's local time of day.</summary>
    public string Time(DateTime utc) => Local(utc).ToString("t", System.Globalization.CultureInfo.CurrentCulture);

    /// <summary>The same with the day; outside an organisation no zone is known, and the text says so.</summary>
    public string DayAndTime(DateTime utc) => Local(utc).ToString("g", System.Globalization.CultureInfo.CurrentCulture) + (Organisation is null ? " UTC" : "");

    public static string Day(DateOnly? day) => day?.ToString("d", System.Globalization.CultureInfo.CurrentCulture) ?? "";

    private DateTime Local(DateTime utc) => utc.In(Organisation?.Zone ?? TimeZoneInfo.Utc);
}

public static class RefusalTexts
{
    /// <summary>A refusal's sentence in the language of the request. Words put into it, also several parted by " / ", are translated too.</summary>
    public static string Say(this IStringLocalizer<Texts> texts, Refusal refusal) =>
        texts[refusal.Sentence, [.. refusal.Args.Select(a => a is string words ? string.Join(" / ", words.Split(" / ").Select(w => texts[w].Value)) : a)]];
}
