package dev.orysalesforce.console;

import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Asks for the operator token. Spring Security takes the form. */
@Controller
@Lazy
class LoginController {

    @GetMapping(ConsoleSecurity.LOGIN)
    String login(@RequestParam(name = LoginRequired.PAGE, required = false) String page, Model model) {
        model.addAttribute(LoginRequired.PAGE, LoginRequired.checked(page));
        return "console/login";
    }
}
