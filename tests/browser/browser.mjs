// What the browser tests share: Chromium, axe, TAP lines.
import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

// ./do installs the tools and names the folder in NODE_PATH.
const here = path.dirname(new URL(import.meta.url).pathname);
const tools = process.env.NODE_PATH ||
	path.join(here, '../../build/npm/node_modules');
if (!existsSync(path.join(tools, 'playwright-core'))) {
	console.log(`Bail out! no playwright-core in ${tools}: run ./do test`);
	process.exit(1);
}
const require = createRequire(path.join(tools, '../index.js'));
const { chromium } = require('playwright-core');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const sizes = [
	{ name: 'wide', width: 1280, height: 900 },
	{ name: 'small', width: 360, height: 800 },
];
export const schemes = ['light', 'dark'];

// The policy the door sends; a page that needs more is broken.
export const csp = "default-src 'none'; style-src 'self'; img-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export function launch() {
	return chromium.launch({
		executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
		args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
			'--no-first-run', '--disable-background-networking',
			'--disable-component-update', '--disable-sync'],
	});
}

// Serious and critical axe findings, one text each. The page's own policy
// stays in force: axe is evaluated through the debugger, not as a script.
export async function findings(page) {
	await page.evaluate(axeSource);
	const result = await page.evaluate(() => window.axe.run(document, {
		resultTypes: ['violations'],
	}));
	return result.violations
		.filter((v) => ['serious', 'critical'].includes(v.impact))
		.flatMap((v) => v.nodes.map((n) =>
			`${v.id}: ${n.target.join(' ')}: ${n.failureSummary}`));
}

// Names of elements that stick out of the window to the right.
export function overflow(page) {
	return page.evaluate(() => {
		const room = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= room)
			return [];
		return [...document.querySelectorAll('body *')]
			.filter((e) => e.getBoundingClientRect().right > room + 1)
			.slice(0, 5)
			.map((e) => `${e.tagName}.${e.getAttribute('class')}`);
	});
}

let count = 0;
let bad = 0;

// One TAP line; what is wrong goes below it as comments.
export function report(name, wrong) {
	count++;
	bad += wrong.length > 0 ? 1 : 0;
	console.log(`${wrong.length > 0 ? 'not ok' : 'ok'} ${count} - ${name}`);
	for (const line of wrong)
		console.log('# ' + line.replaceAll('\n', '\n#   '));
}

export function finish() {
	console.log(`1..${count}`);
	process.exitCode = bad > 0 ? 1 : 0;
}
