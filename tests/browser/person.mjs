// A person at a browser, who looks at every page he comes to.
import { createHmac } from 'node:crypto';
import path from 'node:path';
import { findings, overflow, report, sizes } from './browser.mjs';

const STEP = 30;
const PATIENCE = 30000; // the machine may be busy

// RFC 6238: the six digits of a secret at a time step.
function digits(secret, step) {
	const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
	const bits = [...secret.replaceAll(/[\s=]/g, '').toUpperCase()]
		.map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('');
	const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(step));
	const mac = createHmac('sha1', key).update(counter).digest();
	const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
	return String(number % 1000000).padStart(6, '0');
}

export class Person {
	constructor(stage, name) {
		Object.assign(this, { stage, name, faults: [], last: 0 });
	}

	static async come(stage, name, options = {}) {
		const self = new Person(stage, name);
		const wide = sizes[0];
		self.context = await stage.browser.newContext({
			viewport: { width: wide.width, height: wide.height },
			colorScheme: 'light', acceptDownloads: false, ...options });
		self.context.setDefaultTimeout(PATIENCE);
		self.script = options.javaScriptEnabled !== false;
		self.page = await self.context.newPage();
		self.page.on('console', (m) => {
			// What the sandbox blocks there is this test's own look.
			const own = self.sandboxed &&
				/^Blocked script execution/.test(m.text());
			if (m.type() === 'error' && !self.expects && !own)
				self.faults.push(`console: ${m.text()}`);
		});
		self.page.on('response', (r) => {
			if (r.request().isNavigationRequest() && r.status() !== 303)
				self.sandboxed = /sandbox/.test(
					r.headers()['content-security-policy'] ?? '');
		});
		self.page.on('pageerror', (e) => self.faults.push(`error: ${e}`));
		self.page.on('dialog', (d) => {
			self.faults.push(`a script ran: ${d.message()}`);
			return d.dismiss();
		});
		return self;
	}

	// A one-time code not used before; the next half minute's counts too.
	async code() {
		const now = () => Math.floor(Date.now() / 1000 / STEP);
		while (this.last > now())
			await new Promise((r) => setTimeout(r, 500));
		this.last = Math.max(this.last + 1, now());
		return digits(this.secret, this.last);
	}

	async open(address, status = 200) {
		this.expects = status !== 200;
		const answer = await this.page.goto(
			new URL(address, this.stage.url).href);
		this.expects = false;
		if (answer.status() !== status)
			throw new Error(`${address}: ${answer.status()}`);
	}

	// The form whose action ends so; a number takes the n-th of several.
	form(action, n = 0) {
		return this.page.locator(`form[action$="${action}"]`).nth(n);
	}

	// Opens what is folded around an element.
	async unfold(locator) {
		await locator.evaluate((e) => {
			for (let d = e.closest('details'); d; d = d.parentElement
				.closest('details'))
				d.open = true;
		});
	}

	async put(form, name, value) {
		const field = form.locator(`[name="${name}"]`);
		const kind = await field.first().evaluate((e) =>
			e.type || e.tagName.toLowerCase());
		if (this.script)
			await this.unfold(field.first());
		if (kind === 'radio' || kind === 'checkbox')
			for (const one of [value].flat())
				await form.locator(one === true ? `[name="${name}"]` :
					`[name="${name}"][value="${one}"]`).check();
		else if (kind.startsWith('select'))
			await field.selectOption(value);
		else if (kind === 'file')
			await field.setInputFiles(value);
		else
			await field.fill(value);
	}

	// Fills a form and presses its button; the next page must be good.
	async send(form, fields = {}, name = undefined, status = [200]) {
		for (const [name, value] of Object.entries(fields))
			await this.put(form, name, value);
		const button = name === undefined ? form.locator('button').last() :
			form.getByRole('button', { name, exact: true });
		if (this.script)
			await this.unfold(button);
		const arrives = this.page.waitForResponse((r) =>
			r.request().isNavigationRequest() && r.status() !== 303);
		this.expects = !status.includes(200);
		await button.click();
		const answer = await arrives;
		await this.page.waitForLoadState();
		this.expects = false;
		if (!status.includes(answer.status()))
			throw new Error(`${this.page.url()}: ${answer.status()}: ` +
				await this.problem());
	}

	async problem() {
		const alert = this.page.locator('[role=alert], main').first();
		return (await alert.innerText()).replaceAll(/\s+/g, ' ')
			.slice(0, 300);
	}

	// The value of an operation, asked with this person's session.
	async api(op, args) {
		const [{ value }] = (await this.context.cookies())
			.filter((c) => /fw$/.test(c.name));
		const answer = await this.context.request.post(
			new URL(`/api/v1/${op}`, this.stage.url).href, { data: args,
				headers: { Authorization: `Bearer ${value}` } });
		if (!answer.ok())
			throw new Error(`${op}: ${await answer.text()}`);
		return answer.json();
	}

	text() {
		return this.page.locator('body').innerText();
	}

	async sees(...words) {
		const text = (await this.text()).toLowerCase();
		for (const word of words)
			if (!text.includes(word.toLowerCase()))
				throw new Error(`${this.page.url()} does not say ` +
					`"${word}"`);
	}

	// Judges the page as it stands, wide and small, and keeps its picture.
	async look(name) {
		const wrong = this.faults.splice(0);
		if (await this.page.locator('body').getAttribute('data-value') ||
		    (await this.page.title()).startsWith('Value'))
			wrong.push('the page has no template of its own');
		for (const size of [...sizes].reverse()) {
			await this.page.setViewportSize(size);
			for (const element of await overflow(this.page))
				wrong.push(`wider than ${size.width} px: ${element}`);
			await this.page.screenshot({ fullPage: true, path: path.join(
				this.stage.shots, `${name}-${size.name}.png`) });
		}
		if (this.script) {
			wrong.push(...await this.axe());
			wrong.push(...await this.anchors());
		}
		report(`${this.name} looks at ${name}`, wrong);
	}

	// Pages with report text are sandboxed by their policy, so no script runs
	// there at all; axe reads such a page in a twin window without policy.
	async axe() {
		if (!this.sandboxed)
			return findings(this.page);
		const twin = await this.stage.browser.newContext({
			storageState: await this.context.storageState(),
			viewport: this.page.viewportSize(), bypassCSP: true });
		const page = await twin.newPage();
		await page.goto(this.page.url());
		const wrong = await findings(page);
		await twin.close();
		return wrong;
	}

	// Links to a place on this page that is not there.
	anchors() {
		return this.page.evaluate(() =>
			[...document.querySelectorAll('a[href^="#"]')]
				.map((a) => a.getAttribute('href').slice(1))
				.filter((id) => id && !document.getElementById(id))
				.map((id) => `no place #${id} on the page`));
	}

	// Follows every link to this service; looks once at each kind of page.
	async crawl(start, seen) {
		const todo = [...start];
		const done = new Set();
		const wrong = [];
		while (todo.length > 0) {
			const address = todo.shift();
			if (done.has(address) || done.size > 150)
				continue;
			done.add(address);
			const answer = await this.context.request.get(
				new URL(address, this.stage.url).href);
			if (answer.status() >= 400) {
				wrong.push(`${address}: ${answer.status()}`);
				continue;
			}
			if (!/^text\/html/.test(answer.headers()['content-type']))
				continue;
			for (const [, href] of (await answer.text())
				.matchAll(/<a [^>]*?href="([^"]*)"/g)) {
				const next = new URL(href.replaceAll('&amp;', '&'),
					answer.url());
				if (next.origin === new URL(this.stage.url).origin)
					todo.push(next.pathname + next.search);
			}
			await this.glance(address, seen, wrong);
		}
		report(`${this.name} follows ${done.size} links`, wrong);
	}

	// Looks at the first page of each kind: numbers and names made equal.
	async glance(address, seen, wrong) {
		const kind = address.replace(/\?.*/, '').replace(/^\/+|\/+$/g, '')
			.replaceAll(/[A-Z]+-\d[\w-]*|v\d[\w.]*|\d+|[\w-]{30,}/g, 'x');
		if (seen.has(kind) || !kind)
			return;
		seen.add(kind);
		try {
			await this.open(address);
			await this.look(`${this.name}-${kind.replaceAll('/', '-')}`);
		} catch (problem) {
			wrong.push(`${address}: ${problem.message}`);
		}
	}
}
