using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;
using Salus.Kernel;

namespace Salus.Web;

/// <summary>Answers of page handlers.</summary>
public static class Show
{
    /// <summary>A page, or a fragment of one; <paramref name="parameters"/> are the component's.</summary>
    public static RazorComponentResult Page<T>(object? parameters = null) where T : IComponent => parameters is null ? new RazorComponentResult<T>() : new RazorComponentResult<T>(parameters);

    /// <summary>After a form: the fragment for htmx; for a plain browser, back to the page that shows it.</summary>
    public static IResult After<T>(HttpContext http, string path, object parameters) where T : IComponent =>
        http.Request.IsHtmx() ? new RazorComponentResult<T>(parameters) : Results.LocalRedirect(path);

    /// <summary>Lets the page's own key for an intention stand in for the header.</summary>
    public static void Once(this ActorSlot slot, Form form) => slot.Actor = slot.Actor with { IdempotencyKey = form.Once };
}
