# Finds a JDK 25. Sourced by the scripts of this folder; POSIX words plus bash arrays, works with bash 3.2.
#
# find_jdk sets `jdk` to the home of a JDK 25, or explains how to get one and ends the script with exit code 6.

# What the release file of a JDK home says about its version; empty if it is no JDK home.
jdk_version() {
    version=
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 0
    while IFS= read -r line; do
        case $line in
            JAVA_VERSION=*) version=${line#JAVA_VERSION=}; version=${version//\"/}; version=${version%$'\r'}; return 0 ;;
        esac
    done <"$1/release"
}

# Takes a folder as `jdk` if it is a JDK 25; remembers what else was seen.
take_jdk() {
    jdk_version "$1"
    case $version in
        '') return 1 ;;
        25 | 25.* | 25-*)
            if [ -x "$1/bin/javac" ]; then
                jdk=$1
                return 0
            fi
            seen="$seen  $version without javac in $1"$'\n' ;;
        *) seen="$seen  $version in $1"$'\n' ;;
    esac
    return 1
}

# The home of the javac that PATH names, or nothing.
jdk_on_path() {
    program=$(command -v javac) || return 0
    while [ -L "$program" ]; do
        link=$(readlink "$program")
        case $link in /*) program=$link ;; *) program=${program%/*}/$link ;; esac
    done
    program=${program%/*}
    printf '%s' "${program%/*}"
}

find_jdk() {
    jdk='' seen=''
    if [ -n "${FOVEA_JAVA_HOME:-}" ]; then
        take_jdk "$FOVEA_JAVA_HOME" && return 0
        printf 'fovea: FOVEA_JAVA_HOME is not a JDK 25: %s\n' "$FOVEA_JAVA_HOME" >&2
        [ -z "$seen" ] || printf 'found:\n%s' "$seen" >&2
        exit 6
    fi
    if [ -n "${JAVA_HOME:-}" ]; then take_jdk "$JAVA_HOME" && return 0; fi
    folder=$(jdk_on_path)
    if [ -n "$folder" ]; then take_jdk "$folder" && return 0; fi
    folders=${FOVEA_JDK_FOLDERS-/usr/lib/jvm:/usr/java:/opt:/opt/java:/Library/Java/JavaVirtualMachines:${HOME:-}/.sdkman/candidates/java:${HOME:-}/.jdks:${HOME:-}/Library/Java/JavaVirtualMachines:/opt/homebrew/opt}
    rest=$folders:
    while [ -n "$rest" ]; do
        folder=${rest%%:*}
        rest=${rest#*:}
        [ -n "$folder" ] || continue
        for candidate in "$folder"/*; do
            [ -L "$candidate" ] && [ "$folder" = /usr/lib/jvm ] && continue
            take_jdk "$candidate" && return 0
            take_jdk "$candidate/Contents/Home" && return 0
            take_jdk "$candidate/libexec/openjdk.jdk/Contents/Home" && return 0
        done
    done
    no_jdk
}

no_jdk() {
    {
        printf 'fovea: needs a JDK 25 and found none.\n'
        printf 'looked at: FOVEA_JAVA_HOME, JAVA_HOME, PATH, %s\n' "${folders//:/, }"
        if [ -n "$seen" ]; then printf 'found:\n%s' "$seen"; fi
        cat <<'HELP'
get one, any of:
  Debian, Ubuntu   apt install openjdk-25-jdk       (or temurin-25-jdk from Adoptium's repository)
  Fedora, RHEL     dnf install java-25-openjdk-devel
  macOS            brew install openjdk@25
  SDKMAN           sdk install java 25-tem
  by hand          unpack an archive from https://adoptium.net/temurin/releases/?version=25
then, if it is not found by itself: export FOVEA_JAVA_HOME=/path/to/jdk-25
HELP
    } >&2
    exit 6
}

# Sets `mvn` to Maven, or says how to get it and ends the script with exit code 6.
find_maven() {
    mvn=$(command -v mvn) && return 0
    printf 'fovea: needs Maven 3.8.7 or newer to build itself, and mvn is not on PATH (apt install maven, dnf install maven, brew install maven, sdk install maven)\n' >&2
    exit 6
}
