// The whole path in a real browser against the real service: from the first
// administrator's link to the public advisory. Every page is judged wide and
// small: no serious axe finding, nothing wider than the window, no script run.
// usage: path.mjs URL SETUP_LINK MAILBOX SCREENSHOT_DIR   (see path.py)
import { mkdirSync } from 'node:fs';
import { finish, launch, report } from './browser.mjs';
import { Person } from './person.mjs';

const [url, link, mailbox, shots] = process.argv.slice(2);
const password = 'correct horse battery staple';
const HOSTILE = '<script>alert(1)</script> \u202Eevil\u202C "><img src=x ' +
	'onerror=alert(2)> javascript:alert(3)';
mkdirSync(shots, { recursive: true });
const stage = { url, shots, browser: await launch() };
const seen = new Set();

let broken = false;

// One step of the story; after a failed one the rest has no ground.
async function step(name, work) {
	if (broken)
		return;
	try {
		await work();
		report(name, []);
	} catch (problem) {
		broken = true;
		report(name, [problem.stack.split('\n').slice(0, 6).join('\n')]);
	}
}

// Newest mail to an address that has a match, within half a minute.
async function mail(to, pattern) {
	for (let i = 0; i < 150; i++) {
		const answer = await fetch(`${mailbox}/mails?to=${
			encodeURIComponent(to)}`);
		for (const one of (await answer.json()).reverse()) {
			const match = pattern.exec(one.text);
			if (match)
				return match[1] ?? match[0];
		}
		await new Promise((r) => setTimeout(r, 200));
	}
	throw new Error(`no mail to ${to} with ${pattern}`);
}

async function setUp(person, address, name) {
	await person.open(address);
	await person.look(`${person.name}-setup`);
	await person.send(person.page.locator('main form'));
	person.secret = (await person.page.locator('section code').first()
		.innerText()).trim();
	await person.look(`${person.name}-setup-form`);
	await person.send(person.form('/finish'), {
		name, password, code: await person.code() });
	await person.sees('Your account is ready');
	await person.look(`${person.name}-setup-done`);
}

async function logIn(person, email) {
	await person.open('/login');
	await person.send(person.form('/login'), {
		email, password, code: await person.code() });
}

// Only the keyboard: tab to each field, type, press Enter.
async function logInByKeys(person, email) {
	const keys = person.page.keyboard;
	await person.open('/login');
	await person.look('login');
	const values = { email, password, code: await person.code() };
	for (let i = 0; i < 40 && Object.keys(values).length > 0; i++) {
		await keys.press('Tab');
		const name = await person.page.evaluate(() =>
			document.activeElement.getAttribute('name'));
		if (values[name] === undefined)
			continue;
		await keys.type(values[name]);
		delete values[name];
	}
	await keys.press('Enter');
	await person.page.waitForURL('**/desk**');
}

// ---- the house ----------------------------------------------------------

const lead = await Person.come(stage, 'lead');
const LEAD = 'admin@project.example.org';
const MEMBER = 'member@project.example.org';
let member;

await step('the first administrator sets up the account', () =>
	setUp(lead, link, 'Lead of the team'));
await step('and logs in with the keyboard alone', () =>
	logInByKeys(lead, LEAD));
await step('the lead invites a colleague, who joins', async () => {
	await lead.open('/desk/accounts');
	await lead.send(lead.form('/invite'), { email: MEMBER,
		name: 'A. Member', roles: ['team'] });
	await lead.look('lead-invited');
	member = await Person.come(stage, 'member');
	await setUp(member, await mail(MEMBER, /https?:\S+\/setup\/[\w-]+/),
		'A. Member');
	await logIn(member, MEMBER);
});

// ---- the report ---------------------------------------------------------

let number, secret;
const reporter = await Person.come(stage, 'reporter');

await step('a reporter without script sends a report with a file',
	async () => {
		const plain = await Person.come(stage, 'plain',
			{ javaScriptEnabled: false });
		await plain.open('/report');
		await plain.look('plain-report');
		await plain.send(plain.form('/report'), {
			title: 'Out-of-bounds read in the shell', exploited: 'no',
			reproduced: 'no', ai_help: 'no', steps: 'Press tab twice.',
			files: [{ name: 'trace.txt', mimeType: 'text/plain',
				buffer: Buffer.from('a trace\n') }],
		});
		await plain.sees('FW-');
		await plain.look('plain-receipt');
		await plain.open('/login');
		await plain.look('plain-login');
		await plain.context.close();
	});
await step('a mistake keeps what was typed', async () => {
	await reporter.open('/report');
	await reporter.look('report');
	const form = reporter.form('/report');
	await form.evaluate((f) => f.setAttribute('novalidate', ''));
	await reporter.send(form, { title: 'x', steps: 'kept text' },
		undefined, [400]);
	await reporter.look('report-wrong');
	if (await reporter.page.locator('[name=steps]').inputValue() !==
	    'kept text')
		throw new Error('the typed text is gone');
});
await step('hostile text is reported', async () => {
	await reporter.open('/report');
	await reporter.send(reporter.form('/report'), {
		title: `Heap overflow in the reassembly of frames ${HOSTILE}`,
		component: 'Bluetooth host', version: 'v4.3.0',
		impact: `Code execution from radio range. ${HOSTILE}`,
		steps: 'Send **two** fragments.\n\n- the second is longer\n\n' +
			`[click](javascript:alert(4)) ${HOSTILE}`,
		poc: HOSTILE, exploited: 'no', reproduced: 'no', ai_help: 'no',
		files: [{ name: `${'a'.repeat(20)}.html`, mimeType: 'text/html',
			buffer: Buffer.from('<script>alert(5)</script>') }],
	});
	number = /FW-[\w-]+/.exec(await reporter.text())[0];
	await reporter.look('receipt');
	secret = new URL(await reporter.page.locator('a[href*="/r/"]').first()
		.getAttribute('href'), url).pathname;
	await reporter.open(secret);
	await reporter.sees(number);
	await reporter.look('reporter-page');
	await reporter.send(reporter.form('/reply'),
		{ text: `More facts: ${HOSTILE}` });
	await reporter.send(reporter.form('/credit'),
		{ credit: 'name', name: 'R. Eporter' });
	await reporter.look('reporter-answered');
});

// ---- makers -------------------------------------------------------------

const ALIAS = 'psirt@sensors.example.org';
const CONTACT = 'contact@sensors.example.org';
const visitor = await Person.come(stage, 'visitor');
let contact, maker;

await step('a maker applies and answers the challenge in its mail',
	async () => {
		await visitor.open('/apply');
		await visitor.send(visitor.form('/apply'), {
			organisation: 'Example Sensors', country: 'Germany',
			legal_name: 'Example Sensors Ltd',
			domains: 'sensors.example.org', category: 'product-maker',
			product: 'Soil sensor',
			product_url: 'https://sensors.example.org/product',
			evidence_text: `The boot banner names it. ${HOSTILE}`,
			contact_url: 'https://sensors.example.org/security',
			alias: ALIAS, accepted_by: 'Head of product security',
		});
		await visitor.look('applied');
		await visitor.open(new URL(await mail(ALIAS,
			/https?:\S+\/confirm\/[\w-]+/)).pathname);
		await visitor.look('confirm');
		await visitor.send(visitor.page.locator('main form'));
		await visitor.look('confirmed');
	});
await step('the directors check it and let it in', async () => {
	await lead.open('/desk/makers');
	await lead.look('makers');
	await lead.page.getByRole('link', { name: 'Example Sensors' }).first()
		.click();
	maker = new URL(lead.page.url()).pathname;
	await lead.look('maker');
	for (const criterion of ['C1', 'C2', 'C3']) {
		const form = lead.page.locator('form[action$="/criterion"]')
			.filter({ has: lead.page.locator(
				`[name=criterion][value="${criterion}"]`) });
		await lead.send(form.first(), {
			evidence: 'Looked at the page and the answer' }, 'Met');
	}
	await lead.send(lead.form('/decide'),
		{ reason: 'All three criteria are met', publish: true }, 'Approve');
	await lead.send(lead.form('/contact'),
		{ email: CONTACT, name: 'C. Ontact' });
	await lead.look('maker-active');
	contact = await Person.come(stage, 'contact');
	await setUp(contact, await mail(CONTACT, /https?:\S+\/setup\/[\w-]+/),
		'C. Ontact');
	await logIn(contact, CONTACT);
	await contact.open('/maker');
	await contact.look('alerts-none');
	await visitor.open('/makers');
	await visitor.look('makers-public');
});

// ---- the desk -----------------------------------------------------------

const DAY = 86400e3;
let clock = 0; // how far the rehearsal is ahead
const at = () => `/desk/case/${number}`;
const instant = (days) => new Date(Date.now() + clock + days * DAY)
	.toISOString().slice(0, 16);
const move = (to) => member.page.locator('form[action$="/move"]')
	.filter({ has: member.page.locator(`[name=to][value="${to}"]`) });
const PR = 'https://git.example.org/rtos/pull/1001';
const commit = (i) => String(i).padStart(40, 'a');

// Who looks, at the case, then sends one of its forms.
async function act(form, fields) {
	await member.open(at());
	await member.send(typeof form === 'string' ? member.form(form) :
		form(), fields);
}

await step('the team triages the report', async () => {
	await lead.open('/desk/cve');
	await lead.send(lead.form('/cve/import'), { ids: 'CVE-1900-0001..0009' });
	await member.open('/desk');
	await member.look('today');
	await member.open('/desk/inbox');
	await member.look('inbox');
	await member.open(at());
	await member.sees(number);
	await member.look('case-new');
	await act(() => move('triage'), {});
	await act('/edit', { component: 'Bluetooth host', domain: 'bluetooth',
		title: 'Heap overflow in the reassembly of frames',
		description: 'A second fragment that is **longer** than announced ' +
			'is written behind the buffer.\n\nThe fix checks it first.',
		impact: 'Somebody in radio range can run code.',
		backport_plan: 'Every supported line gets it.',
		cvss31: 'CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
		cwe: '787', introduced: '3.5.0' });
	await act('/note', { text: `A private note. ${HOSTILE}` });
	await act('/ask', { text: 'Which controller did you use?' });
	await member.look('case-triage');
});
await step('the embargo is decided, the work assigned, a CVE id taken',
	async () => {
		await lead.api('rehearse.advance', { seconds: DAY / 1000 });
		clock += DAY;
		await act('/decide', { met_at: instant(-0.1), ends_at: instant(60),
			attendees: 'Seat A\nSeat B\nSeat C\nSeat D\nSeat E',
			severity_note: 'As scored', exploitability: 'Likely',
			reason: 'Makers need time to ship the fix' });
		await act(() => move('assigned'), { priority: 'high',
			assignee: { label: 'A. Member' } });
		await act('/cve', {});
		await member.sees('CVE-1900-0001');
		await member.look('case-assigned');
	});
await step('makers are forewarned, one mail each', async () => {
	await member.open(`${at()}/notice/triaged`);
	await member.look('notice');
	await member.send(member.form('/notice/triaged'));
	await mail(ALIAS, new RegExp(number));
});
await step('the maker acknowledges and states how it stands', async () => {
	await contact.open('/maker');
	await contact.look('alerts');
	await contact.open(`/maker/alert/${number}`);
	await contact.look('alert-terms');
	if (await contact.form('/consent').count() > 0)
		await contact.send(contact.form('/consent'), {},
			'I accept for Example Sensors');
	await contact.look('alert');
	await contact.send(contact.form('/acknowledge'));
	await contact.send(contact.form('/state'), { status: 'working',
		reason: `In test. ${HOSTILE}` });
	await contact.look('alert-answered');
});
await step('the fix is reviewed, merged and brought to every line',
	async () => {
		await act(() => move('review'), { pr: PR });
		await act('/fix', { line: 'main', disposition: 'merged', pr: PR,
			commit: commit(1) });
		await act(() => move('accepted'), { commit: commit(1) });
		await member.open(at());
		const lines = ['4.4', '3.7']; // where it was introduced before
		for (const [i, line] of lines.entries()) {
			await lead.open('/desk/lines');
			await lead.send(lead.form('/releases'), { tag: `v${line}.99`,
				line, released_at: instant(-0.01) });
			await act('/fix', { line, disposition: 'fixed', pr: PR,
				commit: commit(i + 2), tag: `v${line}.99` });
		}
		await member.open(at());
		await member.look('case-accepted');
		await member.open(`/desk/notes/v${lines[0]}.99`);
		const notes = await member.text();
		if (notes.includes('Heap overflow'))
			throw new Error('the release notes tell the secret');
		await member.look('notes');
	});

// ---- the day ------------------------------------------------------------

await step('the documents are approved and wait for the day', async () => {
	await member.open(`${at()}/disclose`);
	await member.look('disclose-check');
	await member.send(member.form('/approve'));
	await member.sees('approve');
	const plan = member.page.locator('form[action="/desk/disclose"]')
		.filter({ has: member.page.locator('[name=when][value=end]') });
	await member.send(plan.first());
	await member.open('/desk/disclose');
	await member.look('disclose');
	await visitor.open(`/advisory/${number}.html`, 404);
});
await step('the day comes and everybody reads the advisory', async () => {
	const page = `/advisory/${number}.html`;
	await lead.api('rehearse.advance', { seconds: 61 * DAY / 1000 });
	clock += 61 * DAY;
	let there = 0;
	for (let i = 0; i < 150 && there !== 200; i++) {
		await new Promise((r) => setTimeout(r, 200));
		there = (await fetch(new URL(page, url))).status;
	}
	await visitor.open(page);
	await visitor.sees('Heap overflow in the reassembly of frames',
		'CVE-1900-0001', 'R. Eporter');
	await visitor.look('advisory');
	await visitor.open('/');
	await visitor.sees('CVE-1900-0001');
	await visitor.look('front');
	await reporter.open(secret);
	await reporter.sees('Published');
	await reporter.look('reporter-after');
	await member.open(at());
	await member.look('case-public');
	await contact.open('/maker');
	await contact.look('alerts-public');
});

// ---- every link, as each person ----------------------------------------

broken = false;
await step('every link leads somewhere', async () => {
	await visitor.crawl(['/', '/report', '/search', '/makers', '/policy',
		'/apply'], seen);
	await reporter.crawl([secret], seen);
	await lead.crawl(['/desk', '/account', at()], seen);
	await member.crawl(['/desk', '/account', at()], seen);
	if (contact)
		await contact.crawl(['/maker', '/account'], seen);
	await visitor.open('/nothing/here', 404);
	await visitor.look('missing');
});

await stage.browser.close();
finish();
