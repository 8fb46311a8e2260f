// What the dashboard needs of the browser itself: the theme before the first picture, keys, and coming back after a restart.
(() => {
    "use strict";

    const themeKey = "bytemill-theme";
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    const pages = { o: "/", j: "/jobs", c: "/cluster", v: "/vocabulary", p: "/playground" };
    let watcher = null;

    const preference = () => {
        try {
            return localStorage.getItem(themeKey) ?? "system";
        } catch {
            return "system"; // Storage is switched off: the theme is then that of the system.
        }
    };
    const isDark = () => preference() === "dark" || (preference() === "system" && system.matches);
    const show = () => document.documentElement.dataset.theme = isDark() ? "dark" : "light";

    show();
    system.addEventListener("change", () => {
        show();
        watcher?.invokeMethodAsync("ThemeChanged", preference(), isDark());
    });

    window.bytemill = {
        watchTheme(reference) {
            watcher = reference;
            return [preference(), String(isDark())];
        },
        setTheme(value) {
            try {
                localStorage.setItem(themeKey, value);
            } catch {
                // It holds for this page then.
            }
            show();
            return isDark();
        },
    };

    // Keys: g and a letter goes to a page, / to the search, ? to the help. Not while somebody types.
    let awaitsPage = 0;
    document.addEventListener("keydown", event => {
        const target = event.target;
        const types = target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
        if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || types) {
            return;
        }

        if (target instanceof HTMLElement && target.closest(".task-grid")) {
            moveInGrid(event, target);
        }

        if (performance.now() < awaitsPage && pages[event.key]) {
            awaitsPage = 0;
            event.preventDefault();
            document.querySelector(`nav a[href="${pages[event.key]}"]`)?.click();
        } else if (event.key === "g") {
            awaitsPage = performance.now() + 1500;
        } else if (event.key === "/") {
            const search = document.querySelector(".page-search input, .page-search textarea");
            if (search) {
                event.preventDefault();
                search.focus();
            }
        } else if (event.key === "?") {
            document.getElementById("open-help")?.click();
        }
    });

    function moveInGrid(event, cell) {
        const cells = [...cell.closest(".task-grid").querySelectorAll(".task")];
        const at = cells.indexOf(cell);
        const row = cells.filter(other => other.offsetTop === cells[0].offsetTop).length;
        const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row, Home: -at, End: cells.length - 1 - at }[event.key];
        if (step !== undefined && cells[at + step]) {
            event.preventDefault();
            cells[at + step].focus();
        }
    }

    document.addEventListener("click", event => {
        if (event.target instanceof HTMLElement && event.target.closest("#skip-to-content")) {
            document.getElementById("content")?.focus();
        }
    });

    // A node that was restarted knows nothing of this page: ask until it answers, then load the page anew.
    const dialog = document.getElementById("components-reconnect-modal");
    let isWaiting = false;

    async function reloadWhenBack() {
        if (isWaiting) {
            return;
        }

        isWaiting = true;
        for (;;) {
            try {
                const answer = await fetch(location.href, { cache: "no-store" });
                if (answer.ok) {
                    location.reload();
                    return;
                }
            } catch {
                // Not there yet.
            }

            await new Promise(resolve => setTimeout(resolve, 1000));
        }
    }

    dialog?.addEventListener("components-reconnect-state-changed", event => {
        switch (event.detail.state) {
            case "show":
                if (!dialog.open) {
                    dialog.showModal();
                }
                break;
            case "hide":
                dialog.close();
                break;
            case "failed":
            case "rejected":
            case "resume-failed":
                reloadWhenBack();
                break;
        }
    });

    window.Blazor?.start({
        circuit: { reconnectionOptions: { maxRetries: 60, retryIntervalMilliseconds: attempt => Math.min(250 * (attempt + 1), 2000) } },
    });
})();
