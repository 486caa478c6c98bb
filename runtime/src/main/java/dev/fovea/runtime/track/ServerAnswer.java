package dev.fovea.runtime.track;

import dev.fovea.runtime.track.TrackingException.Kind;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.mlflow.tracking.MlflowHttpException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a server said no with.
///
/// @param status HTTP status
/// @param code MLflow's error code; empty if the answer was not MLflow's
/// @param message MLflow's message, or the beginning of what came instead
record ServerAnswer(int status, String code, String message) {
    private static final int LONGEST = 200;

    static ServerAnswer of(MlflowHttpException exception) {
        String body = exception.getBodyMessage() == null ? "" : exception.getBodyMessage();
        try {
            JsonNode json = JsonMapper.shared().readTree(body);
            String code = json.path("error_code").asString("");
            if (!code.isEmpty()) {
                return new ServerAnswer(
                        exception.getStatusCode(), code, json.path("message").asString(""));
            }
        } catch (JacksonException notJson) {
            // Proxies and web frameworks answer with HTML or plain text.
        }
        String plain = body.replaceAll("(?s)<style.*?</style>|<[^>]*>", " ").replaceAll("\\s+", " ");
        return new ServerAnswer(exception.getStatusCode(), "", plain.strip());
    }

    /// The HTTP answer among the causes of `thrown`.
    static @Nullable MlflowHttpException in(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof MlflowHttpException answer) {
                return answer;
            }
        }
        return null;
    }

    Kind kind() {
        if (code.equals("RESOURCE_DOES_NOT_EXIST")) {
            return Kind.GONE;
        }
        return switch (status) {
            case 400, 404, 405, 413, 422, 501 -> Kind.REFUSED;
            default -> Kind.FAILING;
        };
    }

    /// One line for people, with advice where the answer is a known one.
    String line(URI address) {
        String said = MetricNames.cut(message, LONGEST);
        String advice = "";
        if (status == 403 && message.contains("Invalid Host header")) {
            advice = "; the server does not know itself by the name " + address.getAuthority()
                    + ": start it with --allowed-hosts " + address.getAuthority();
        } else if (status == 401 || status == 403) {
            advice =
                    "; MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, say who you are";
        }
        return "HTTP " + status + (code.isEmpty() ? "" : " " + code) + (said.isEmpty() ? "" : ": " + said) + advice;
    }

    /// The innermost cause in few words.
    static String root(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof ConnectException) {
            return "connection refused";
        }
        if (root instanceof UnknownHostException) {
            return "unknown host " + root.getMessage();
        }
        return root.getClass().getSimpleName() + (root.getMessage() == null ? "" : ": " + root.getMessage());
    }
}
