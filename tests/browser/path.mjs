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
	await reporter.send(form, { title: 'x', steps: 'kept text' }, [400]);
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

// ---- the desk -----------------------------------------------------------

const at = () => `/desk/case/${number}`;

await step('the case page', async () => {
	await member.open(at());
	await member.sees(number);
	await member.look('case-new');
});

// ---- every link, as each person ----------------------------------------

broken = false;
await step('every link leads somewhere', async () => {
	const visitor = await Person.come(stage, 'visitor');
	await visitor.crawl(['/', '/report', '/search', '/makers', '/policy',
		'/apply'], seen);
	await reporter.crawl([secret], seen);
	await lead.crawl(['/desk', '/account', at()], seen);
	await member.crawl(['/desk', '/account', at()], seen);
	await visitor.open('/nothing/here', 404);
	await visitor.look('missing');
});

await stage.browser.close();
finish();
