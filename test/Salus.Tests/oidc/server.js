// A real OpenID Connect provider for the tests: reads its clients and people from the command line, prints that it listens.
// People "type" nothing: where the provider would show a page, a test opens /interaction/<uid>/as/<person> or …/no.
const { createServer } = require('node:http');

(async () => {
  const { default: Provider } = await import('oidc-provider');
  const { port, clients, people } = JSON.parse(process.argv[2]);
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients,
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'roles', 'groups', 'role'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ['only for tests'] },
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id].claims }) }),
  });
  const answer = provider.callback();
  createServer(async (req, res) => {
    const [, , , act, who] = req.url.split('/');
    if (!req.url.startsWith('/interaction/')) return answer(req, res);
    if (!act) return res.end(`page ${req.url}`);
    if (act === 'no') return provider.interactionFinished(req, res, { error: 'access_denied', error_description: 'No.' });
    const asked = await provider.interactionDetails(req, res);
    const grant = new provider.Grant({ accountId: who, clientId: asked.params.client_id });
    grant.addOIDCScope('openid email profile');
    const grantId = await grant.save();
    return provider.interactionFinished(req, res, { login: { accountId: who, amr: people[who].amr }, consent: { grantId } });
  }).listen(port, '127.0.0.1', () => console.log(JSON.stringify({ port })));
  process.stdin.on('end', () => process.exit(0)).resume();
})();
