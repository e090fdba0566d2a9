// Stripe's own library makes the header that its servers send: the other side is told by somebody else.
const Stripe = require('stripe');
const [secret, timestamp] = process.argv.slice(2);
const payload = require('fs').readFileSync(0, 'utf8');
const stripe = new Stripe('sk_test_none');
process.stdout.write(stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: Number(timestamp) }));
