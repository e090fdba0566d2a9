using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Salus.Kernel;
using Salus.Modules.Accounts.Contract;
using Salus.Web;

namespace Salus.Modules.Accounts.Outside;

/// <summary>
/// The way to the provider and back: the framework's OAuth with state, PKCE and a cookie of the browser that set out; ours are the addresses
/// from the provider's own description, the nonce and the id token. It signs nobody in: it leaves a sealed cookie for the page that does.
/// </summary>
public sealed class OutsideHandler(IOptionsMonitor<OAuthOptions> options, ILoggerFactory logger, UrlEncoder encoder, OutsideProvider provider, Settings settings) : OAuthHandler<OAuthOptions>(options, logger, encoder)
{
    public const string SchemeName = "outside", Back = "back", Link = "link", Prove = "prove";
    private const string Nonce = "nonce", Unknown = "https://provider.invalid/";
    private string authorization = "";

    /// <summary>Only when a provider is set: without one nothing listens.</summary>
    public static void Add(AuthenticationBuilder builder, Settings settings, Action<CookieBuilder, Settings, string> harden) => builder.AddOAuth<OAuthOptions, OutsideHandler>(SchemeName, "", o =>
    {
        (o.CallbackPath, o.UsePkce, o.ClientId) = ("/account/outside/return", true, settings.OidcClient);
        // The framework wants values at the start; the true ones are read when somebody sets out, and a public client sends no secret.
        (o.AuthorizationEndpoint, o.TokenEndpoint, o.ClientSecret) = (Unknown, Unknown, settings.OidcSecret.Length > 0 ? settings.OidcSecret : "none");
        foreach (var scope in (string[])["openid", "email", "profile"]) o.Scope.Add(scope);
        o.RemoteAuthenticationTimeout = OutsidePerson.Life;
        harden(o.CorrelationCookie, settings, "salus-outside-way.");
        o.Events.OnRemoteFailure = Fail;
        o.Events.OnTicketReceived = context =>
        {
            context.HandleResponse();
            context.Response.Redirect(OutsidePages.Done);
            return Task.CompletedTask;
        };
    });

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // The options are shared by all requests; a handler serves one.
        authorization = (await provider.Read(Context.RequestAborted)).Authorization;
        await base.HandleChallengeAsync(properties);
    }

    protected override string BuildChallengeUrl(AuthenticationProperties properties, string redirectUri)
    {
        properties.Items[Nonce] = Text.Secret();
        // With max_age the provider has to tell when the person showed it who it is; only that counts as a proof here.
        var life = properties.Items.ContainsKey(Prove) ? 0 : (int)Session.BrowserLife.TotalSeconds;
        var more = new Dictionary<string, string?> { [Nonce] = properties.Items[Nonce], ["max_age"] = life.ToString(CultureInfo.InvariantCulture) };
        if (life == 0) more["prompt"] = "login";
        var asked = QueryHelpers.ParseQuery(new Uri(base.BuildChallengeUrl(properties, redirectUri)).Query);
        return QueryHelpers.AddQueryString(QueryHelpers.AddQueryString(authorization, asked), more);
    }

    protected override async Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
    {
        var known = await provider.Read(Context.RequestAborted);
        var fields = new Dictionary<string, string> { ["grant_type"] = "authorization_code", ["code"] = context.Code, ["redirect_uri"] = context.RedirectUri };
        if (context.Properties.Items.Remove(OAuthConstants.CodeVerifierKey, out var verifier)) fields[OAuthConstants.CodeVerifierKey] = verifier!;
        using var request = new HttpRequestMessage(HttpMethod.Post, known.Token);
        if (settings.OidcSecret.Length == 0 || known.TakesPost) fields["client_id"] = settings.OidcClient;
        if (settings.OidcSecret.Length > 0 && known.TakesPost) fields["client_secret"] = settings.OidcSecret;
        else if (settings.OidcSecret.Length > 0)
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Uri.EscapeDataString(settings.OidcClient)}:{Uri.EscapeDataString(settings.OidcSecret)}")));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Content = new FormUrlEncodedContent(fields);
        using var answer = await provider.Http.SendAsync(request, Context.RequestAborted);
        if ((int)answer.StatusCode >= 500) throw OutsideProvider.Away();
        if (!answer.IsSuccessStatusCode) throw OutsideProvider.Invalid("code");
        return OAuthTokenResponse.Success(JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Context.RequestAborted)));
    }

    protected override async Task<AuthenticationTicket> CreateTicketAsync(ClaimsIdentity identity, AuthenticationProperties properties, OAuthTokenResponse tokens)
    {
        var idToken = tokens.Response!.RootElement.TryGetProperty("id_token", out var found) ? found.GetString() : null;
        var person = await provider.Check(idToken ?? throw OutsideProvider.Invalid("none"), tokens.AccessToken ?? "", properties.Items[Nonce] ?? "", Context.RequestAborted);
        (person with { Back = properties.Items[Back] ?? "/", IsLink = properties.Items.ContainsKey(Link) }).Keep(Context);
        return new(new ClaimsPrincipal(identity), properties, Scheme.Name);
    }

    protected override Task<HandleRequestResult> HandleAccessDeniedErrorAsync(AuthenticationProperties properties) => Task.FromResult(HandleRequestResult.Fail(Denied(), properties));

    private static Refusal Denied() => new(403, "outside.denied", "The provider did not sign you in.") { Unlock = "Begin again on the sign-in page." };

    // Whatever went wrong on the way leaves a row in the log and becomes a page that says so.
    private static async Task Fail(RemoteFailureContext context)
    {
        var refusal = context.Failure switch
        {
            Refusal known => known,
            HttpRequestException or OperationCanceledException or IOException => OutsideProvider.Away(),
            JsonException or InvalidOperationException => OutsideProvider.Invalid("answer"),
            _ when context.Properties is not null && context.Request.Query.ContainsKey("error") => Denied(),
            _ => OutsidePerson.Gone(),
        };
        await context.HttpContext.RequestServices.GetRequiredService<Traces>().Leave(context.HttpContext, SignIn.Action, refusal.Code, refusal.Data["what"] as string ?? "");
        throw refusal;
    }
}
