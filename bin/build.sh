# Builds fovea for its launcher. Sourced by bin/fovea, which sets `home`, `builds` and `jdk`.
#
# One build is one folder: lib/ (jars), classpath, flags, jdk, stamp, fovea.aot. The file `current` names the one in
# use and is replaced in one move, so whoever starts fovea sees the old build or the new one, never half of one.

lock=

# Waits for the lock of the builds' folder. A lock whose owner is dead is taken away.
lock_builds() {
    mine="$(uname -n) $$"
    waited=0
    until mkdir "$builds/lock" 2>/dev/null; do
        owner=
        [ -r "$builds/lock/owner" ] && IFS= read -r owner <"$builds/lock/owner"
        if [ -n "$owner" ] && [ "${owner% *}" = "${mine% *}" ] && ! kill -0 "${owner##* }" 2>/dev/null; then
            dead=$builds/lock.$$
            mv "$builds/lock" "$dead" 2>/dev/null && rm -rf "$dead"
            continue
        fi
        [ "$waited" -gt 0 ] || printf 'fovea: waiting for another build (%s)\n' "${owner:-just begun}" >&2
        waited=$((waited + 1))
        if [ "$waited" -gt "${FOVEA_LOCK_SECONDS:-1800}" ]; then
            printf 'fovea: gave up waiting for the build of %s; if it is dead, remove %s\n' "${owner:-an unknown process}" "$builds/lock" >&2
            exit 1
        fi
        sleep 1
    done
    printf '%s\n' "$mine" >"$builds/lock/owner"
    lock=$builds/lock
}

unlock_builds() {
    [ -z "$lock" ] || rm -rf "$lock"
    lock=
}

interrupted() {
    [ -z "${maven:-}" ] || kill "$maven" 2>/dev/null
    [ -z "${new:-}" ] || rm -rf "$new"
    unlock_builds
    printf '\n' >&2
    exit "$1"
}

build_fovea() {
    if ! mkdir -p "$builds" 2>/dev/null || [ ! -w "$builds" ]; then
        printf 'fovea: must build itself, but cannot write to %s\n' "$builds" >&2
        exit 1
    fi
    find_maven
    new='' maven=''
    trap 'interrupted 130' INT
    trap 'interrupted 143' TERM HUP
    lock_builds
    if fresh; then
        unlock_builds
        trap - INT TERM HUP
        return
    fi
    started=$(date +%s)
    new=$builds/$(date +%Y%m%d-%H%M%S)-$$
    # The stamp is older than all that is compiled: a source changed meanwhile is newer and leads to a new build.
    if ! mkdir "$new" || ! : >"$new/stamp"; then
        printf 'fovea: cannot write to %s\n' "$new" >&2
        unlock_builds
        exit 1
    fi
    printf 'building fovea ...' >&2
    if compile && assemble; then
        printf '%s\n' "${new##*/}" >"$builds/current.$$" && mv -f "$builds/current.$$" "$builds/current"
        printf ' %s s\n' "$(($(date +%s) - started))" >&2
        forget_old_builds
    else
        printf ' failed\n' >&2
        explain_failure
        rm -rf "$new"
        unlock_builds
        exit 1
    fi
    unlock_builds
    trap - INT TERM HUP
}

# Maven in its own folder of outputs (profile `use`), beside those of `mvn verify`.
compile() {
    rm -rf "$home"/bin/target/use/lib "$home"/bin/target/use/*.jar
    (
        cd "$home" || exit 1
        export JAVA_HOME=$jdk
        export MAVEN_OPTS="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED ${MAVEN_OPTS:-}"
        exec "$mvn" -B -ntp -Puse package
    ) </dev/null >"$builds/log" 2>&1 &
    maven=$!
    wait "$maven"
    result=$?
    maven=
    return "$result"
}

assemble() {
    {
        mkdir "$new/lib" && cp "$home"/bin/target/use/fovea-bin-*.jar "$new/lib/" || return 1
        for jar in "$home"/bin/target/use/lib/*.jar; do
            case ${jar##*/} in
                fovea-*) cp "$jar" "$new/lib/" || return 1 ;;
                *) ln "$jar" "$new/lib/" 2>/dev/null || cp "$jar" "$new/lib/" || return 1 ;;
            esac
        done
        own='' others=''
        for jar in "$new"/lib/*.jar; do
            name=${jar##*/}
            case $name in
                fovea-*) own=$own:@build@/lib/$name ;;
                *) others=$others:@build@/lib/$name ;;
            esac
        done
        classpath=${own#:}$others
        printf '%s\n' "$classpath" >"$new/classpath"
        sed -n 's:.*<jvm.flags>\(.*\)</jvm.flags>.*:\1:p' "$home/pom.xml" >"$new/flags"
        printf '%s\n' "$jdk" >"$new/jdk"
        [ -s "$new/flags" ] || return 1
        warm_up
    } >>"$builds/log" 2>&1
}

# Records the classes that quick verbs load, so that they start from memory. Fovea works without the record.
warm_up() {
    flags=$(cat "$new/flags")
    flags=${flags//--add-modules=jdk.incubator.vector/}
    # shellcheck disable=SC2086 # flags are words
    "$jdk/bin/java" $flags -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "-XX:AOTCacheOutput=$new/fovea.aot" "-Dfovea.home=$home" \
        -cp "${classpath//@build@/$new}" dev.fovea.bin.WarmUp </dev/null || rm -f "$new/fovea.aot"
    classpath=
    return 0
}

explain_failure() {
    errors=$(grep -E '^\[ERROR\] .' "$builds/log" | grep -v -E 'Help 1\]$|Re-run Maven|To see the full stack|For more information|After correcting|mvn <args>' | head -n 15)
    if [ -n "$errors" ]; then printf '%s\n' "$errors" >&2; else tail -n 15 "$builds/log" >&2; fi
    printf 'fovea: the build failed; all of its output: %s\n' "$builds/log" >&2
}

# Runs that are under way go on with the jars they started from, so a build stays for a week; its class cache,
# the big file, goes as soon as two builds are newer.
forget_old_builds() {
    count=0
    for old in $(ls -1r "$builds"); do
        [ -f "$builds/$old/stamp" ] || continue
        count=$((count + 1))
        [ "$count" -gt 3 ] || continue
        rm -f "$builds/$old/fovea.aot"
        if [ -n "$(find "$builds/$old/stamp" -mtime +7 -print 2>/dev/null)" ]; then rm -rf "${builds:?}/$old"; fi
    done
}
