package dev.fovea.runtime.track;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.mlflow.tracking.creds.BasicMlflowHostCreds;

/// Who we are for a tracking server: from the variables that MLflow uses, else from the address itself. Never
/// printed.
final class Credentials {
    private final String user;
    private final String password;
    private final String token;

    private Credentials(String user, String password, String token) {
        this.user = user;
        this.password = password;
        this.token = token;
    }

    /// Reads MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD and MLFLOW_TRACKING_TOKEN.
    ///
    /// @param address may carry `user:password@`, which counts where the variables are not set
    static Credentials of(Map<String, String> environment, URI address) {
        String info = Optional.ofNullable(address.getRawUserInfo()).orElse("");
        int colon = info.indexOf(':');
        String user = decoded(colon < 0 ? info : info.substring(0, colon));
        String password = decoded(colon < 0 ? "" : info.substring(colon + 1));
        return new Credentials(
                environment.getOrDefault("MLFLOW_TRACKING_USERNAME", user),
                environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", password),
                environment.getOrDefault("MLFLOW_TRACKING_TOKEN", ""));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /// For the Java client.
    BasicMlflowHostCreds forClient(String host) {
        return user.isEmpty() && password.isEmpty()
                ? token.isEmpty() ? new BasicMlflowHostCreds(host) : new BasicMlflowHostCreds(host, token)
                : new BasicMlflowHostCreds(host, user, password);
    }

    /// Value of the Authorization header, if there is something to say.
    Optional<String> header() {
        if (!user.isEmpty() || !password.isEmpty()) {
            return Optional.of("Basic " + encoded());
        }
        return token.isEmpty() ? Optional.empty() : Optional.of("Bearer " + token);
    }

    private String encoded() {
        return Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    /// `text` without the secrets, should a server or a library have repeated them.
    String scrub(String text) {
        List<String> secrets = new ArrayList<>(List.of(password, token));
        if (!password.isEmpty()) {
            secrets.add(encoded());
        }
        String clean = text.replaceAll("(?i)(://)[^/@\\s]+@", "$1");
        for (String secret : secrets) {
            clean = secret.isEmpty() ? clean : clean.replace(secret, "***");
        }
        return clean;
    }

    /// An address without user information, query, fragment and trailing slashes.
    ///
    /// @throws IllegalArgumentException if it names no host
    static URI bare(URI address) {
        if (address.getHost() == null) {
            throw new IllegalArgumentException("it names no host");
        }
        String port = address.getPort() < 0 ? "" : ":" + address.getPort();
        String path = Optional.ofNullable(address.getRawPath()).orElse("").replaceFirst("/+$", "");
        return URI.create(address.getScheme() + "://" + address.getHost() + port + path);
    }
}
