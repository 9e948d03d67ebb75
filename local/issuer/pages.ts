/** The issuer's own pages, Chinese first and English beside it; they work without scripts. */

const style = `
:root{color-scheme:light dark;--ink:#14232b;--soft:#5a6b74;--line:#d5dee2;--ground:#eef3f4;--card:#fff;--accent:#0b6e75;--on:#fff;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--ink:#e6eef0;--soft:#9fb0b7;--line:#33444b;--ground:#0f1a1f;--card:#18262c;--accent:#4fb6bd;--on:#062023;--bad:#ff8a80}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--ground);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
main{width:100%;max-width:400px;background:var(--card);border:1px solid var(--line);border-radius:14px;padding:32px 28px;box-shadow:0 8px 30px rgb(0 0 0/.07)}
h1{font-size:22px;margin:0 0 2px}h1+p{margin:0 0 22px;color:var(--soft)}label{display:block;margin:14px 0 6px;font-size:14px;color:var(--soft)}
input[type=text],input[type=password],input:not([type]){width:100%;height:46px;padding:0 12px;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:9px}
input:focus-visible,button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
button{width:100%;height:46px;margin-top:20px;border:0;border-radius:9px;background:var(--accent);color:var(--on);font:inherit;font-weight:600;cursor:pointer}
button.quiet{margin-top:10px;background:transparent;color:var(--soft);border:1px solid var(--line)}
.bad{margin:0 0 8px;padding:10px 12px;border-left:3px solid var(--bad);color:var(--bad)}small{display:block;margin-top:22px;color:var(--soft)}
code{display:block;text-align:center;font-size:28px;letter-spacing:.12em;margin:14px 0}`;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** A whole document around a card; `content` is trusted markup. */
export function document(title: string, subtitle: string, content: string): string {
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title)} · ${escapeHtml(subtitle)}</title><style>${style}</style></head>
<body><main><h1>${escapeHtml(title)}</h1><p lang="en">${escapeHtml(subtitle)}</p>${content}</main></body></html>`;
}

const complaints = {
  wrong: "用户名或密码不正确。<span lang=en>The user name or password is not right.</span>",
  locked: "尝试次数过多，请五分钟后再试。<span lang=en>Too many tries. Wait five minutes.</span>",
} as const;

/** The sign-in form; `action` receives `username` and `password`. */
export function signInPage(
  action: string,
  shown: { readonly username?: string; readonly complaint?: keyof typeof complaints } = {},
): string {
  const complaint = shown.complaint ? `<p class="bad" role="alert">${complaints[shown.complaint]}</p>` : "";
  const focus = shown.username ? ["", "autofocus"] : ["autofocus", ""];
  return document(
    "登录医学影像云",
    "Sign in to Medical Image Cloud",
    `${complaint}<form method="post" action="${escapeHtml(action)}">
<label for="username">用户名 <span lang="en">User name</span></label>
<input id="username" name="username" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" required ${focus[0]} value="${escapeHtml(shown.username ?? "")}">
<label for="password">密码 <span lang="en">Password</span></label>
<input id="password" name="password" type="password" autocomplete="current-password" required ${focus[1]}>
<button type="submit">登录 <span lang="en">Sign in</span></button></form>
<small>本机演示环境：用户名和密码见启动时的终端输出。<br><span lang="en">Local cloud: the terminal that started it prints the sign-ins.</span></small>`,
  );
}

/** Device flow, first step: the person types the code their terminal shows. `form` comes from oidc-provider. */
export function deviceCodePage(form: string, failed: boolean): string {
  const complaint = failed
    ? '<p class="bad" role="alert">代码无效或已使用。<span lang="en">That code is not right, or was used.</span></p>'
    : "";
  return document(
    "连接终端",
    "Connect a terminal",
    `${complaint}<p>输入终端上显示的代码。<br><span lang="en">Type the code your terminal shows.</span></p>${form}
<button type="submit" form="op.deviceInputForm">继续 <span lang="en">Continue</span></button>`,
  );
}

/** Device flow, second step: does the code on the screen match? */
export function deviceConfirmPage(form: string, client: string, code: string): string {
  return document(
    "确认终端",
    "Confirm the terminal",
    `<p>${escapeHtml(client)} 请求以您的身份登录。请核对代码：<br><span lang="en">asks to sign in as you. Check the code:</span></p><code>${escapeHtml(code)}</code>${form}
<button type="submit" form="op.deviceConfirmForm">代码一致 <span lang="en">It matches</span></button>
<button class="quiet" type="submit" form="op.deviceConfirmForm" name="abort" value="yes">取消 <span lang="en">Cancel</span></button>`,
  );
}

export function signOutPage(form: string): string {
  return document(
    "退出登录？",
    "Sign out?",
    `${form}<button type="submit" form="op.logoutForm" name="logout" value="yes">退出 <span lang="en">Sign out</span></button>
<button class="quiet" type="submit" form="op.logoutForm">保持登录 <span lang="en">Stay signed in</span></button>`,
  );
}

/** A page that only says something. */
export function messagePage(title: string, subtitle: string, detail = ""): string {
  return document(title, subtitle, detail && `<p>${escapeHtml(detail)}</p>`);
}
