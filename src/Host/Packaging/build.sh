#!/usr/bin/env bash
# Makes the packages of ActorLoad, and says what it made. docs/install.md says how each is installed.
#
#   src/Host/Packaging/build.sh [--out DIR] [--platform linux-x64 | linux-arm64]... [--fast] [nuget | archives | deb | image]...
#
# Without parts it makes all, in out/packages, for both platforms. --fast compresses lightly. Archives and deb need tar, gzip and dpkg-deb. The image needs the registry of its base image
# (-p:ContainerBaseImage in IMAGE_OPTIONS names another one): where it cannot be reached, the image is left out, and that is said.
set -euo pipefail
shopt -s nullglob

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
host=$root/src/Host
out=$root/out/packages
parts=()
platforms=()
effort=6
while (($# > 0)); do
    case $1 in
        --out)
            out=${2:?--out needs a directory}
            shift
            ;;
        --platform)
            case ${2:-} in
                linux-x64 | linux-arm64) platforms+=("$2") ;;
                *)
                    echo "build.sh: --platform needs linux-x64 or linux-arm64" >&2
                    exit 2
                    ;;
            esac
            shift
            ;;
        --fast) effort=1 ;;
        nuget | archives | deb | image) parts+=("$1") ;;
        *)
            echo "build.sh: unknown part '$1'; it is one of nuget, archives, deb, image" >&2
            exit 2
            ;;
    esac
    shift
done
if ((${#parts[@]} == 0)); then parts=(nuget archives deb image); fi
if ((${#platforms[@]} == 0)); then platforms=(linux-x64 linux-arm64); fi

mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$root/Directory.Build.props")
stamp=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || date +%s)}

wants() {
    [[ " ${parts[*]} " == *" $1 "* ]]
}

# The SDK says what it does only when it fails.
quietly() {
    "$@" >"$work/log" 2>&1 || {
        local status=$?
        cat "$work/log" >&2
        return $status
    }
}

nuget() {
    quietly dotnet pack "$root/src/Actors" -c Release -o "$out"
    quietly dotnet pack "$host" -c Release -o "$out"
}

declare -A machines=([linux-x64]=62 [linux-arm64]=183) architectures=([linux-x64]=amd64 [linux-arm64]=arm64)

# The program of a platform, and what goes with it. $work/RID/actorload-VERSION-RID is the content of its archive.
publish() {
    local rid=$1 tree=$work/$1/actorload-$version-$1
    [[ -d $tree ]] && return
    mkdir -p "$tree"
    quietly dotnet publish "$host" -c Release -r "$rid" --self-contained -p:PublishSingleFile=true -p:RunAnalyzers=false -o "$tree"
    local machine
    machine=$(od -An -tu2 -j18 -N2 "$tree/actorload" | tr -d ' ') # of the ELF header
    if [[ $machine != "${machines[$rid]}" ]]; then
        echo "build.sh: the program for $rid is one of ELF machine $machine, not ${machines[$rid]}" >&2
        return 1
    fi
    # Libraries beside the program are parts of Garnet that ActorLoad does not use.
    rm -f "$tree"/*.pdb "$tree"/*.xml "$tree"/*.so
    cp -r "$root/LICENSE" "$root/README.md" "$root/CHANGELOG.md" "$root/hocon" "$root/systune" "$work/man" "$work/completions" "$tree"
}

# Man pages and completions are what the program itself says, so they cannot differ from it.
texts() {
    [[ -d $work/man ]] && return
    local program=$host/bin/Release/net10.0/actorload shell
    quietly dotnet build "$host" -c Release
    "$program" manual "$work/man"
    mkdir "$work/completions"
    for shell in bash zsh fish; do "$program" completion "$shell" >"$work/completions/actorload.$shell"; done
}

archive() {
    publish "$1"
    tar -C "$work/$1" --owner=0 --group=0 --numeric-owner --sort=name --mtime="@$stamp" -cf - "actorload-$version-$1" |
        gzip -n -$effort >"$out/actorload-$version-$1.tar.gz"
}

deb() {
    local rid=$1 architecture=${architectures[$1]}
    local tree=$work/$architecture
    publish "$rid"
    local content=$work/$rid/actorload-$version-$rid doc=$tree/usr/share/doc/actorload
    mkdir -p "$tree"/{DEBIAN,etc/actorload,usr/bin,usr/lib/{actorload,systemd/system},usr/share/man/man1} "$doc/examples"
    cp "$content/actorload" "$tree/usr/lib/actorload/"
    ln -s ../lib/actorload/actorload "$tree/usr/bin/actorload"
    install -m 644 "$here/debian/daemon.conf" "$tree/etc/actorload/"
    # The same unit as in systune/, with the program where this package puts it.
    sed -e '1d' -e 's:/opt/actorload/actorload:/usr/bin/actorload:' -e '/^Description=/a Documentation=man:actorload-serve(1)' \
        "$root/systune/systemd/actorload.service" >"$tree/usr/lib/systemd/system/actorload.service"
    install -m 644 "$work/man"/* "$tree/usr/share/man/man1/"
    install -D -m 644 "$work/completions/actorload.bash" "$tree/usr/share/bash-completion/completions/actorload"
    install -D -m 644 "$work/completions/actorload.zsh" "$tree/usr/share/zsh/vendor-completions/_actorload"
    install -D -m 644 -t "$tree/usr/share/fish/vendor_completions.d" "$work/completions/actorload.fish"
    install -m 644 "$here/debian/copyright" "$doc/"
    install -D -m 644 "$here/debian/lintian-overrides" "$tree/usr/share/lintian/overrides/actorload"
    cp -r "$root"/hocon/* "$doc/examples/"
    cp -r "$root/systune" "$doc/examples/"
    printf 'actorload (%s) unstable; urgency=medium\n\n  * CHANGELOG.md says what changed.\n\n -- %s  %s\n' "$version" \
        "$(sed -n 's/^Maintainer: //p' "$here/debian/control")" "$(date -R -u -d "@$stamp")" >"$doc/changelog"
    install -m 644 "$root/CHANGELOG.md" "$doc/"
    gzip -n -9 "$tree"/usr/share/man/man1/* "$doc/changelog" "$doc/CHANGELOG.md"
    find "$tree" -type d -exec chmod 755 {} +
    find "$tree/usr" -type f ! -name actorload ! -path '*/systune/apply' ! -path '*/systune/restore' -exec chmod 644 {} +
    sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@SIZE@/$(du -sk "$tree" | cut -f1)/" \
        "$here/debian/control" >"$tree/DEBIAN/control"
    install -m 644 "$here/debian/conffiles" "$tree/DEBIAN/"
    install -m 755 "$here/debian"/{postinst,prerm,postrm} "$tree/DEBIAN/"
    (cd "$tree" && find etc usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums)
    find "$tree" -exec touch -h -d "@$stamp" {} +
    SOURCE_DATE_EPOCH=$stamp dpkg-deb --root-owner-group -Zgzip "-z$effort" --build "$tree" "$out/actorload_${version}_$architecture.deb" >/dev/null
}

image() {
    local status=0 reason="because the registry of its base image cannot be reached"
    local -a options
    read -ra options <<<"${IMAGE_OPTIONS:-}"
    if ((${#options[@]} == 0)) && ! getent hosts mcr.microsoft.com >/dev/null; then
        echo "image: left out, $reason" >&2
        return
    fi
    timeout 300 dotnet publish "$host" -c Release -t:PublishContainer \
        -p:ContainerArchiveOutputPath="$out/actorload-$version-image.tar.gz" "${options[@]}" >"$work/log" 2>&1 || status=$?
    if ((status == 124)) || { ((status != 0)) && grep -qE 'CONTAINER1001|HttpRequestException|Name or service not known' "$work/log"; }; then
        echo "image: left out, $reason" >&2
    elif ((status != 0)); then
        cat "$work/log" >&2
        return "$status"
    fi
}

if wants nuget; then nuget; fi
if wants archives || wants deb; then texts; fi
for platform in "${platforms[@]}"; do
    if wants archives; then archive "$platform"; fi
    if wants deb; then deb "$platform"; fi
done
if wants image; then image; fi
(cd "$out" && for file in *; do printf '%8s  %s\n' "$(du -h "$file" | cut -f1)" "$file"; done)
