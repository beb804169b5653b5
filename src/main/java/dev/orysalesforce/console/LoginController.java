package dev.orysalesforce.console;

import dev.orysalesforce.operator.OperatorToken;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Asks for the operator token, or leads to the provider of logins. Spring Security takes the form, and the way back. */
@Controller
@PartOfConsole
class LoginController {

    private final OperatorToken token;
    private final ConsoleSettings settings;
    private final ObjectProvider<OidcLogin> oidc;

    LoginController(OperatorToken token, ConsoleSettings settings, ObjectProvider<OidcLogin> oidc) {
        this.token = token;
        this.settings = settings;
        this.oidc = oidc;
    }

    @GetMapping(ConsoleSecurity.LOGIN)
    String login(@RequestParam(name = LoginRequired.PAGE, required = false) String page, Model model) {
        model.addAttribute(LoginRequired.PAGE, LoginRequired.checked(page));
        model.addAttribute("byToken", token.isSet());
        if (settings.oidc().isSet()) {
            model.addAttribute("provider", settings.oidc().host());
            model.addAttribute("providersLogout", oidc.getObject().providersLogout());
        }
        return "console/login";
    }

    /** Goes on by itself: the browser sends the session's cookie only if a page of this site leads to the next one. */
    @GetMapping(OidcLogin.DONE)
    String done(@RequestParam(name = LoginRequired.PAGE, required = false) String page, Model model,
            HttpServletResponse response) {
        String wanted = LoginRequired.checked(page);
        response.setHeader("Refresh", "0; url=" + wanted);
        model.addAttribute(LoginRequired.PAGE, wanted);
        return "console/logged-in";
    }
}
