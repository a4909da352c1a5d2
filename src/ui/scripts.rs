//! The tags that load the browser's half. Leptos' own put the nonce where `'strict-dynamic'` does not look (leptos
//! #4844), so the browser would refuse to load the module ahead of its use.

use leptos::nonce::use_nonce;
use leptos::prelude::*;

/// The names of the two files.
#[derive(Debug, PartialEq, Eq)]
struct Names {
    js: String,
    wasm: String,
}

impl Names {
    /// As the build left them: with hashes that `hash.txt` tells, a line each, or without.
    fn new(options: &LeptosOptions, hashes: &str) -> Self {
        let name = |kind: &str| {
            let hash = hashes
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(of, _)| of.trim() == kind)
                .map_or_else(String::new, |(_, hash)| format!(".{}", hash.trim()));
            format!("/{}/{}{hash}.{kind}", options.site_pkg_dir, options.output_name)
        };
        Self { js: name("js"), wasm: name("wasm") }
    }
}

/// What `cargo leptos` wrote beside the executable; nothing when names have no hashes.
fn hashes(options: &LeptosOptions) -> String {
    if !options.hash_files {
        return String::new();
    }
    std::env::current_exe()
        .ok()
        .and_then(|program| std::fs::read_to_string(program.parent()?.join(&*options.hash_file)).ok())
        .unwrap_or_default()
}

/// Loads and starts the browser's half. Used by the server alone.
#[component]
pub fn Scripts(
    /// How the build named its files.
    options: LeptosOptions,
) -> impl IntoView {
    let Names { js, wasm } = Names::new(&options, &hashes(&options));
    let nonce = use_nonce();
    // What could not start is told by the page, and by the console as before.
    let start = format!(
        "import('{js}').then(m => m.default({{ module_or_path: '{wasm}' }}).then(() => m.hydrate()))\
         .catch(why => {{ document.documentElement.dataset.broken = ''; throw why; }});"
    );
    view! {
        <link rel="modulepreload" href=js nonce=nonce.clone() />
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=nonce.clone()>
            {start}
        </script>
        <script nomodule nonce=nonce>
            "document.documentElement.setAttribute('data-broken', '');"
        </script>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_the_build_left_them() {
        let options = LeptosOptions::builder().output_name("tutti").build();
        assert_eq!(Names::new(&options, "").js, "/pkg/tutti.js");
        let hashed = Names::new(&options, "js: aa\nwasm: bb\ncss: cc\n");
        assert_eq!(hashed, Names { js: "/pkg/tutti.aa.js".into(), wasm: "/pkg/tutti.bb.wasm".into() });
    }
}
