// Reads, checks and converts salesforce/ as the Salesforce CLI does before a deployment. Then breaks copies of it, to
// verify that each mistake is found.
import { createRequire } from 'node:module';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { tmpdir } from 'node:os';

const require = createRequire(resolve(process.argv[2], 'index.js'));
const { ComponentSet, MetadataConverter } = require('@salesforce/source-deploy-retrieve');
const { XMLValidator } = require('fast-xml-parser'); // the library's parser; by default it accepts broken XML, too
const { ApiSchemas } = require('@jsforce/jsforce-node/lib/api/metadata/schema');

// The library's schema is from before External Client Apps. After the Metadata API guide, as far as it is used here.
const types = {
    ...ApiSchemas,
    ExternalClientApplication: {
        props: {
            contactEmail: 'string', description: '?string', distributionState: 'string', isProtected: '?boolean',
            label: 'string',
        },
    },
    ExtlClntAppOauthSettings: {
        props: { commaSeparatedOauthScopes: '?string', externalClientApplication: 'string', label: 'string' },
    },
    ExtlClntAppGlobalOauthSettings: {
        props: {
            callbackUrl: 'string', externalClientApplication: 'string', isClientCredentialsFlowEnabled: '?boolean',
            isConsumerSecretOptional: '?boolean', isPkceRequired: '?boolean', label: 'string',
        },
    },
    ExtlClntAppOauthConfigurablePolicies: {
        props: {
            clientCredentialsFlowUser: '?string', commaSeparatedPermissionSet: '?string',
            externalClientApplication: 'string', ipRelaxationPolicyType: '?string',
            isClientCredentialsFlowEnabled: '?boolean', label: 'string', permittedUsersPolicyType: '?string',
            refreshTokenPolicyType: '?string',
        },
    },
};

function check(value, type, where) {
    const { props, extends: parent } = types[type];
    const known = { ...(parent && types[parent].props), ...props };
    for (const [name, content] of Object.entries(value)) {
        if (!/^\w/.test(name)) continue; // attributes and comments
        if (!(name in known)) throw new Error(`${where}: ${type} has no ${name}`);
        const kind = [known[name]].flat()[0].replace('?', '');
        for (const one of [content].flat()) {
            if (kind === 'boolean' ? !['true', 'false'].includes(one) : kind === 'number' && !/^\d+$/.test(one)) {
                throw new Error(`${where}: ${name} is not a ${kind}: ${one}`);
            }
            if (types[kind]) check(one, kind, where);
        }
    }
    for (const [name, kind] of Object.entries(known)) {
        if (typeof kind === 'string' && !kind.startsWith('?') && !(name in value)) {
            throw new Error(`${where}: ${type} lacks ${name}`);
        }
    }
}

async function convert(folder, into) {
    process.chdir(folder); // where sfdx-project.json is
    const components = ComponentSet.fromSource(['force-app', 'attribution', 'campaigns', 'person-accounts', 'client-app'].map((path) => join(folder, path)));
    const parts = components.getSourceComponents().toArray().flatMap((it) => [it, ...it.getChildren()])
        .filter((it) => it.xml);
    for (const part of parts) {
        const wellFormed = XMLValidator.validate(readFileSync(part.xml, 'utf8'));
        if (wellFormed !== true) throw new Error(`${part.xml}:${wellFormed.err.line}: ${wellFormed.err.msg}`);
        const [[root, content]] = Object.entries(await part.parseXml()).filter(([name]) => /^\w/.test(name));
        if (root !== part.type.name) throw new Error(`${part.xml}: a ${part.type.name}, but its root is ${root}`);
        check(content, root, part.xml);
    }
    const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.xml'));
    const missed = files.filter((name) => !parts.some((part) => part.xml === join(folder, name)));
    if (missed.length > 0) throw new Error(`of no known type: ${missed}`);

    process.env.SF_APPLY_REPLACEMENTS_ON_CONVERT = 'true';
    process.env.ORY_SYNC_USER = 'ory.sync@example.org';
    const { packagePath } = await new MetadataConverter()
        .convert(components, 'metadata', { type: 'directory', outputDirectory: into });
    const policy = readFileSync(join(packagePath, 'extlClntAppOauthPolicies/Ory_Sync_oauthPlcy.ecaOauthPlcy'), 'utf8');
    if (!policy.includes('>ory.sync@example.org<')) throw new Error('ORY_SYNC_USER does not reach the policy');
    return readFileSync(join(packagePath, 'package.xml'), 'utf8').match(/<members>.*?<\/members>/g).length;
}

const source = resolve('salesforce');
const work = mkdtempSync(join(tmpdir(), 'salesforce-'));
try {
    console.log(`salesforce/ converts: ${await convert(source, join(work, 'converted'))} components`);

    const set = 'force-app/main/default/permissionsets/Ory_Identity_Sync.permissionset-meta.xml';
    const field = 'force-app/main/default/objects/Lead/fields/Ory_Identity_Id__c.field-meta.xml';
    const edit = (file, from, to) => (folder) => {
        const text = readFileSync(join(folder, file), 'utf8');
        if (!text.includes(from)) throw new Error(`${file} has no ${from} any more: make another mistake`);
        writeFileSync(join(folder, file), text.replaceAll(from, to));
    };
    const mistakes = {
        'a tag that is not closed': edit(set, '</fieldPermissions>', ''),
        'a field cut off': edit(field, '</CustomField>', ''),
        'a misspelt element': edit(set, 'allowRead>true</allowRead', 'allowReed>true</allowReed'),
        'a missing element': edit(set, '<object>Lead</object>', ''),
        'a word for a number': edit(field, '<length>36<', '<length>long<'),
        'another root element': edit(set, 'PermissionSet', 'Profile'),
        'a suffix of no type': (folder) =>
            renameSync(join(folder, set), join(folder, set.replace('.permissionset', '.permission'))),
    };
    for (const [mistake, make] of Object.entries(mistakes)) {
        const folder = join(work, mistake);
        cpSync(source, folder, { recursive: true });
        make(folder);
        const found = await convert(folder, join(work, 'broken')).then(() => null, (error) => error.message);
        if (!found) throw new Error(`not found: ${mistake}`);
        console.log(`found: ${mistake} (${found.split('\n')[0].replaceAll(folder + '/', '')})`);
    }
} finally {
    rmSync(work, { recursive: true });
}
