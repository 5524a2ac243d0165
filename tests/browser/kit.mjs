// Every pattern of docs/pages.md, and the shared pages, in both colour
// schemes and both widths: no serious axe finding, nothing wider than the
// window, nothing the content security policy refuses.
// usage: kit.mjs RENDER STATIC_DIR SCREENSHOT_DIR
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { csp, findings, finish, launch, overflow, report, schemes, sizes }
	from './browser.mjs';

const [render, statics, shots] = process.argv.slice(2);
const here = path.dirname(new URL(import.meta.url).pathname);
const sample = JSON.parse(readFileSync(path.join(here, 'kitchen.json')));
const types = { '.css': 'text/css', '.svg': 'image/svg+xml' };
const visitor = { ...sample, me: null, error: null, path: '/login' };
const golden = (name) => JSON.parse(readFileSync(
	path.join(here, '../golden', `${name}.advisory.json`)));
const pages = {
	kitchen: ['kitchen', sample],
	login: ['login', visitor],
	wrong: ['login', { ...visitor, error: { kind: 'invalid', field: 'code',
		text: 'Code: six digits, or a recovery code' } }],
	missing: ['error', { ...visitor, status: 404,
		error: { kind: 'missing', text: 'There is nothing here.' } }],
	advisory: ['advisory', { ...visitor, page: golden('full') }],
	hostile: ['advisory', { ...visitor, page: golden('hostile') }],
	withdrawn: ['advisory', { ...visitor, page: golden('rejected') }],
};

function html(name) {
	const [template, value] = pages[name];
	return execFileSync(render, [template],
		{ input: JSON.stringify(value), maxBuffer: 1 << 24 });
}

// /static/NAME.HASH.EXT is the file NAME.EXT; anything else is a page.
const server = http.createServer((ask, answer) => {
	const asset = /^\/static\/([a-z]+)\.[0-9a-f]+(\.[a-z]+)$/.exec(ask.url);
	answer.setHeader('Content-Security-Policy', csp);
	if (asset) {
		answer.setHeader('Content-Type', types[asset[2]]);
		answer.end(readFileSync(path.join(statics, asset[1] + asset[2])));
	} else if (pages[ask.url.slice(1)]) {
		answer.setHeader('Content-Type', 'text/html; charset=utf-8');
		answer.end(html(ask.url.slice(1)));
	} else {
		answer.writeHead(404).end();
	}
});

async function visit(browser, name, size, colorScheme) {
	const context = await browser.newContext({ colorScheme,
		viewport: { width: size.width, height: size.height } });
	const page = await context.newPage();
	const wrong = [];
	page.on('console', (m) => {
		if (m.type() === 'error')
			wrong.push(m.text());
	});
	await page.goto(`http://127.0.0.1:${server.address().port}/${name}`);
	for (const element of await overflow(page))
		wrong.push(`wider than ${size.width} px: ${element}`);
	await page.screenshot({ fullPage: true,
		path: path.join(shots, `kit-${name}-${size.name}-${colorScheme}.png`) });
	if (name === 'advisory' && size.name === 'wide' && colorScheme === 'light')
		await page.pdf({ path: path.join(shots, 'kit-advisory.pdf'),
			preferCSSPageSize: true, format: 'A4' });
	wrong.push(...await findings(page));
	report(`${name} ${size.name} ${colorScheme}`, wrong);
	await context.close();
}

// The first key leads past the navigation, and one sees where one is.
async function keyboard(browser) {
	const page = await browser.newPage();
	const wrong = [];
	await page.goto(`http://127.0.0.1:${server.address().port}/kitchen`);
	await page.keyboard.press('Tab');
	const first = await page.evaluate(() => ({
		text: document.activeElement.textContent,
		left: document.activeElement.getBoundingClientRect().left,
		outline: getComputedStyle(document.activeElement).outlineWidth,
	}));
	if (first.text !== 'Skip to content' || first.left < 0)
		wrong.push(`the first stop is "${first.text}" at ${first.left}`);
	if (first.outline === '0px')
		wrong.push('the focus cannot be seen');
	await page.keyboard.press('Enter');
	await page.keyboard.press('Tab');
	if (!await page.evaluate(() => document.querySelector('main')
		.contains(document.activeElement)))
		wrong.push('the skip link does not lead into main');
	report('keyboard', wrong);
	await page.close();
}

// Pages made of the kit's parts need not be seen in all four ways.
function plain(size, scheme) {
	return (size.name === 'wide') === (scheme === 'light');
}

mkdirSync(shots, { recursive: true });
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const browser = await launch();
await keyboard(browser);
for (const name of Object.keys(pages))
	for (const size of sizes)
		for (const scheme of schemes)
			if (name === 'kitchen' || plain(size, scheme))
				await visit(browser, name, size, scheme);
await browser.close();
server.close();
finish();
